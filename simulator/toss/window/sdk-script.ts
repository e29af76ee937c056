/**
 * What the simulator serves at `/v2/standard` and `/v1`: the members of Toss's script that pages use, so that a page
 * runs unmodified but for the address it loads. Both generations in one, told apart by their arguments.
 */
export const SDK_SCRIPT = `(function () {
'use strict';
var ORIGIN = new URL(document.currentScript.src).origin;
var ANONYMOUS = '@@ANONYMOUS';

function failure(code, message) {
  var error = new Error(message);
  error.code = code;
  return error;
}

function required(params, names) {
  names.forEach(function (name) {
    if (params[name] === undefined || params[name] === null || params[name] === '') {
      throw failure('INVALID_PARAMETERS', name + ' is required');
    }
  });
}

function formFor(request, target) {
  var form = document.createElement('form');
  var field = document.createElement('input');
  form.method = 'post';
  form.action = ORIGIN + '/toss/window';
  form.target = target;
  field.type = 'hidden';
  field.name = 'request';
  field.value = JSON.stringify(request);
  form.appendChild(field);
  document.body.appendChild(form);
  return form;
}

// The window lies over the page, and tells it what came of it.
function openInFrame(request, generation) {
  return new Promise(function (resolve, reject) {
    var frame = document.createElement('iframe');
    frame.name = 'toss-window-' + Math.random().toString(36).slice(2);
    frame.setAttribute('style', 'position:fixed;inset:0;width:100%;height:100%;border:0;z-index:2147483647;background:#fff');
    document.body.appendChild(frame);
    window.addEventListener('message', function told(event) {
      if (event.origin !== ORIGIN || event.source !== frame.contentWindow || !event.data || event.data.source !== 'toss-simulator') return;
      window.removeEventListener('message', told);
      frame.remove();
      var outcome = event.data.outcome;
      var members = outcome.members;
      if (outcome.kind === 'success') {
        if (members.amount !== undefined) members.amount = generation === 1 ? Number(members.amount) : { currency: 'KRW', value: Number(members.amount) };
        resolve(members);
      } else {
        reject(failure(members.code === 'PAY_PROCESS_CANCELED' ? 'USER_CANCEL' : members.code, members.message));
      }
    });
    formFor(Object.assign({}, request, { pageOrigin: location.origin }), frame.name).submit();
  });
}

function open(request, generation) {
  if (!request.successUrl && !request.failUrl) return openInFrame(request, generation);
  required(request, ['successUrl', 'failUrl']);
  formFor(request, '_self').submit();
  // The page is being left.
  return new Promise(function () {});
}

function payment(clientKey, customerKey, params, generation) {
  required(params, ['amount', 'orderId', 'orderName']);
  return open(Object.assign({ kind: 'payment', clientKey: clientKey, customerKey: customerKey }, params), generation);
}

function billing(clientKey, params, generation) {
  required(params, ['customerKey', 'method']);
  if (params.customerKey === ANONYMOUS) throw failure('NOT_SUPPORTED_CUSTOMER_KEY', 'a guest can not register for billing');
  return open(Object.assign({ kind: 'billing', clientKey: clientKey }, params), generation);
}

function widgets(clientKey, customerKey) {
  var amount = null;
  function render(what, selector) {
    var place = document.querySelector(selector);
    if (!place) return Promise.reject(failure('INVALID_SELECTOR', selector));
    place.textContent = what;
    return Promise.resolve({
      on: function () {},
      destroy: function () { place.textContent = ''; return Promise.resolve(); },
      getSelectedPaymentMethod: function () { return Promise.resolve({ code: 'CARD' }); },
    });
  }
  return {
    setAmount: function (wanted) { amount = wanted; return Promise.resolve(); },
    renderPaymentMethods: function (params) { return render('결제수단은 결제창에서 고릅니다 · Chosen in the window', params.selector); },
    renderAgreement: function (params) { return render('약관 동의 · Agreement', params.selector); },
    requestPayment: function (params) { return payment(clientKey, customerKey, Object.assign({ amount: amount }, params), 2); },
  };
}

function TossPayments(clientKey) {
  if (typeof clientKey !== 'string' || !/^(test|live)_/.test(clientKey)) {
    throw failure('INVALID_CLIENT_KEY', 'the client key is not one');
  }
  return {
    payment: function (options) {
      required(options, ['customerKey']);
      return {
        requestPayment: async function (params) {
          required(params, ['method']);
          return payment(clientKey, options.customerKey, params, 2);
        },
        requestBillingAuth: async function (params) {
          return billing(clientKey, Object.assign({}, params, { customerKey: options.customerKey }), 2);
        },
      };
    },
    widgets: function (options) {
      required(options, ['customerKey']);
      return widgets(clientKey, options.customerKey);
    },
    // The first generation.
    requestPayment: async function (method, params) {
      return payment(clientKey, params.customerKey, Object.assign({}, params, { method: method }), 1);
    },
    requestBillingAuth: async function (method, params) {
      return billing(clientKey, Object.assign({}, params, { method: method }), 1);
    },
  };
}
TossPayments.ANONYMOUS = ANONYMOUS;
window.TossPayments = TossPayments;
})();
`;
