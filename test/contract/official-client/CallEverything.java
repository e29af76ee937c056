import com.skplanet.openapi.external.framework.AbstractManagerFactory;
import com.skplanet.openapi.external.framework.Environment;
import com.skplanet.openapi.external.framework.ManagerProducer;
import com.skplanet.openapi.external.notification.NotiReceive;
import com.skplanet.openapi.external.notification.NotiVerifyResult;
import com.skplanet.openapi.external.oauth.OAuthAccessToken;
import com.skplanet.openapi.external.oauth.OAuthClientInfo;
import com.skplanet.openapi.external.payment.OpenApiManager;
import com.skplanet.openapi.vo.payment.FilePaymentHeader;
import com.skplanet.openapi.vo.payment.FilePaymentResult;
import com.skplanet.openapi.vo.payment.TransactionDetail;
import com.skplanet.openapi.vo.refund.CancelRequest;
import com.skplanet.openapi.vo.refund.Links;
import com.skplanet.openapi.vo.refund.RefundTransactionRequest;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.codehaus.jackson.map.ObjectMapper;

/**
 * Makes every call of the official client and writes what it understood of each answer: the call's name, a tab and
 * the client's own object as JSON, a line each. Any exception of the client ends it.
 */
public class CallEverything {
    private static final String LISTENER_TYPE = "bigcharging_notify_verification";
    private static final String UNKNOWN_TID = "TSTORE0004_20150731175443017804817193658";
    private static final int TID_COLUMN = 11;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final AbstractManagerFactory managers;
    private final OpenApiManager api;
    private final PrintWriter understood;
    private String accessToken;

    /** Arguments: environment, client id, secret, request file, its number of rows, where the answers are written. */
    public static void main(String[] args) throws Exception {
        try (PrintWriter understood = new PrintWriter(args[5], "UTF-8")) {
            CallEverything all = new CallEverything(Environment.valueOf(args[0]), understood);
            all.signIn(args[1], args[2]);
            String jobId = all.submitAndVerify(new File(args[3]), Integer.parseInt(args[4]));
            List<String> tids = all.download(jobId);
            all.refundAfterLookup(tids.get(0));
            all.refundShortly(tids.get(1), 100);
            all.askForTheImpossible(tids.get(1));
        }
    }

    private CallEverything(Environment environment, PrintWriter understood) {
        this.managers = ManagerProducer.getFactory(environment, null);
        this.api = managers.getOpenApiManager();
        this.understood = understood;
    }

    private void signIn(String clientId, String secret) throws Exception {
        OAuthClientInfo client = new OAuthClientInfo(clientId, secret, "client_credentials");
        OAuthAccessToken token = managers.getOAuthManager(client).createAccessToken();
        accessToken = token.getAccessToken();
        tell("token", token);
    }

    /** Verifies inside the listener, as the official sample does, while the notification's own request is open. */
    private String submitAndVerify(File file, int rows) throws Exception {
        CompletableFuture<NotiVerifyResult> verified = new CompletableFuture<>();
        HttpServer listener = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        listener.createContext("/noti_listener", (exchange) -> hear(exchange, verified));
        listener.start();
        try {
            FilePaymentHeader header = new FilePaymentHeader();
            header.setVerBulkPay("1");
            header.setBid("skplanet");
            header.setNotiUrl("http://127.0.0.1:" + listener.getAddress().getPort() + "/noti_listener");
            header.setCntTotalTrans(rows);
            header.setPriority("Instant");
            FilePaymentResult accepted = api.createFilePayment(header, file, accessToken);
            tell("submit", accepted);
            tell("verify", verified.get(20, TimeUnit.SECONDS));
            return accepted.getJobId();
        } finally {
            listener.stop(1);
        }
    }

    private void hear(HttpExchange exchange, CompletableFuture<NotiVerifyResult> verified) throws IOException {
        try {
            NotiReceive message = JSON.readValue(exchange.getRequestBody(), NotiReceive.class);
            tell("notification", message);
            verified.complete(
                managers.getNotiManager().requestNotificationVerification(message, LISTENER_TYPE, accessToken));
        } catch (Exception e) {
            verified.completeExceptionally(e);
        }
        byte[] answer = "{\"resultCode\":\"0000\",\"resultMsg\":\"SUCCESS\"}".getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    /** Both ways the client has; resolves with the transactions of the paid lines, in the file's order. */
    private List<String> download(String jobId) throws Exception {
        File target = File.createTempFile("result", ".csv");
        try {
            api.getFilePaymentJobStatus(jobId, target, accessToken);
            String text = new String(Files.readAllBytes(target.toPath()), StandardCharsets.UTF_8);
            tell("result to a file", text);
            try (InputStream stream = api.getFilePaymentJobStatus(jobId, accessToken)) {
                tell("result as a stream", new String(stream.readAllBytes(), StandardCharsets.UTF_8));
            }
            return text.lines().skip(1).map((line) -> line.split(",")[TID_COLUMN])
                .filter((tid) -> !tid.equals("None")).collect(Collectors.toList());
        } finally {
            target.delete();
        }
    }

    /** In full, with what the lookup told. */
    private void refundAfterLookup(String tid) throws Exception {
        TransactionDetail detail = api.getPaymentTransactionDetail(tid, accessToken);
        tell("transaction", detail);
        Links links = new Links();
        links.setName("refundurl");
        links.setUrl("https://merchant.example/refunds");
        RefundTransactionRequest refund = new RefundTransactionRequest();
        refund.setTid(tid);
        refund.setFullRefund(true);
        refund.setAmount(detail.getPaymentTransactionInfo().getAmount());
        refund.setNote("member wants a refund");
        refund.setPaymentMethods(detail.getPaymentTransactionInfo().getPaymentMethods());
        CancelRequest request = new CancelRequest();
        request.setPayer(detail.getPayer());
        request.setRefundTransactionRequest(refund);
        request.setLinks(links);
        tell("refund in full", api.cancelPaymentTransaction(request, accessToken));
    }

    /** The shortest form of the official sample: transaction and amount alone. */
    private void refundShortly(String tid, int amount) throws Exception {
        RefundTransactionRequest refund = new RefundTransactionRequest();
        refund.setTid(tid);
        refund.setAmount(amount);
        CancelRequest request = new CancelRequest();
        request.setRefundTransactionRequest(refund);
        tell("refund in short", api.cancelPaymentTransaction(request, accessToken));
    }

    /** Refusals are answers too: the strict parser has to read them. */
    private void askForTheImpossible(String tid) throws Exception {
        tell("transaction unknown", api.getPaymentTransactionDetail(UNKNOWN_TID, accessToken));
        refundShortly(tid, 1_000_000);
    }

    private void tell(String call, Object answer) throws IOException {
        understood.println(call + "\t" + JSON.writeValueAsString(answer));
        understood.flush();
    }
}
