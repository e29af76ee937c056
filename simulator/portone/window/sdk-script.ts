/**
 * What the simulator serves at `/v2/browser-sdk.js`: it sets `window.PortOne`, which the vendor's own package uses where it
 * is there already. So a page runs unmodified but for the script that it loads first.
 */
export const SDK_SCRIPT = `(function () {
'use strict';
var ORIGIN = new URL(document.currentScript.src).origin;

function failure(code, message) {
  var error = new Error(message);
  error.code = code;
  return error;
}

function isMobile() {
  return /Mobi|Android|iPhone|iPad/i.test(navigator.userAgent);
}

// A phone is led away and comes back to redirectUrl; a PC waits, unless it is told otherwise.
function isLedAway(request) {
  var types = request.windowType || {};
  return (isMobile() ? types.mobile || 'REDIRECTION' : types.pc || 'IFRAME') === 'REDIRECTION';
}

function formFor(request, target) {
  var form = document.createElement('form');
  var field = document.createElement('input');
  form.method = 'post';
  form.action = ORIGIN + '/portone/window';
  form.target = target;
  field.type = 'hidden';
  field.name = 'request';
  field.value = JSON.stringify(request);
  form.appendChild(field);
  document.body.appendChild(form);
  return form;
}

// The window lies over the page, and tells it what came of it.
function openInFrame(request) {
  return new Promise(function (resolve, reject) {
    var frame = document.createElement('iframe');
    frame.name = 'portone-window-' + Math.random().toString(36).slice(2);
    frame.setAttribute('style', 'position:fixed;inset:0;width:100%;height:100%;border:0;z-index:2147483647;background:#fff');
    document.body.appendChild(frame);
    window.addEventListener('message', function told(event) {
      if (event.origin !== ORIGIN || event.source !== frame.contentWindow || !event.data || event.data.source !== 'portone-simulator') return;
      window.removeEventListener('message', told);
      frame.remove();
      if (event.data.thrown) reject(failure(event.data.thrown.code, event.data.thrown.message));
      else if (event.data.redirectUrl) location.href = event.data.redirectUrl;
      else resolve(event.data.members);
    });
    formFor(request, frame.name).submit();
  });
}

async function open(kind, given, names) {
  var request = Object.assign({}, given, { kind: kind, isMobile: isMobile(), userAgent: navigator.userAgent, pageUrl: location.href });
  ['storeId', 'channelKey'].concat(names).forEach(function (name) {
    if (request[name] === undefined || request[name] === null || request[name] === '') {
      throw failure('INVALID_REQUEST', name + ' is required');
    }
  });
  if (!isLedAway(request)) return openInFrame(Object.assign(request, { pageOrigin: location.origin }));
  if (!request.redirectUrl) throw failure('INVALID_REQUEST', 'redirectUrl is required');
  formFor(request, '_self').submit();
  // The page is being left.
  return new Promise(function () {});
}

var PAYMENT = ['paymentId', 'orderName', 'totalAmount', 'currency'];
window.PortOne = {
  requestPayment: function (request) {
    return open('payment', request, PAYMENT.concat('payMethod'));
  },
  requestIssueBillingKey: function (request) {
    return open('billing', Object.assign({}, request, { paymentId: undefined }), ['billingKeyMethod']);
  },
  requestIssueBillingKeyAndPay: function (request) {
    return open('billing', request, PAYMENT.concat('billingKeyMethod'));
  },
};
})();
`;
