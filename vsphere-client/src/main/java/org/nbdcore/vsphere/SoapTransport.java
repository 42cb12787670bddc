package org.nbdcore.vsphere;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** Sends calls and reads answers over HTTPS. Keeps the session cookie. Thread-safe. */
final class SoapTransport {

  private static final int LONGEST_ANSWER = 128 << 20;
  private static final String COOKIE = "vmware_soap_session=";

  private final VsphereOptions options;
  private final HttpClient http;
  private final URI address;
  private volatile String version = "6.0";
  private volatile String cookie;

  SoapTransport(VsphereOptions options) {
    this(options, SharedHttpClients.of(options));
  }

  /** Creates one with another HTTP client, for tests. */
  SoapTransport(VsphereOptions options, HttpClient http) {
    this.options = options;
    this.http = http;
    address = URI.create("https://" + options.authority() + "/sdk");
    if (options.cookie() != null) {
      cookie = COOKIE + options.cookie();
    }
  }

  /** Sends a call and returns the element of its answer. Wipes the call. */
  XmlNode send(Call call) throws IOException {
    byte[] body = call.body();
    call.wipe();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address)
            .timeout(options.timeout())
            .header("Content-Type", "text/xml; charset=utf-8")
            .header("SOAPAction", "\"urn:vim25/" + version + "\"")
            .POST(new WipedBody(body));
    authorize(request);
    try {
      HttpResponse<byte[]> response =
          send(request.build(), info -> new BoundedBody(LONGEST_ANSWER));
      if (call.operation().equals("Login")) {
        keepCookie(response); // other answers may carry a cookie of a session without a login
      }
      return answer(call, response.statusCode(), response.body());
    } finally {
      Arrays.fill(body, (byte) 0);
    }
  }

  private XmlNode answer(Call call, int status, byte[] document) throws IOException {
    // a fault has status 500
    if (status != 200 && status != 500) {
      options.trace(call.operation() + " of " + call.object() + ": HTTP status " + status);
      throw new VsphereException(
          call.operation() + ": " + options.authority() + " answered with HTTP status " + status);
    }
    XmlNode body =
        XmlReader.read(document)
            .find("Body")
            .orElseThrow(
                () ->
                    new VsphereException(options.authority() + " does not answer as vSphere does"));
    XmlNode fault = body.find("Fault").orElse(null);
    if (fault != null) {
      VsphereFaultException exception = fault(call, fault);
      options.trace(exception.getMessage());
      throw exception;
    }
    options.trace(call.operation() + " of " + call.object() + ": done");
    return body.find(call.operation() + "Response")
        .orElseThrow(
            () -> new VsphereException(call.operation() + ": the answer is that of another call"));
  }

  private static VsphereFaultException fault(Call call, XmlNode fault) {
    String text = fault.string("faultstring").orElse("");
    String name =
        fault
            .find("detail")
            .filter(detail -> !detail.children().isEmpty())
            .map(detail -> detail.children().get(0))
            .map(first -> first.type().isEmpty() ? first.name() : first.type())
            .orElse("Fault");
    if (name.endsWith("Fault") && name.length() > "Fault".length()) {
      name = name.substring(0, name.length() - "Fault".length());
    }
    return VsphereFaultException.of(call.operation(), call.object(), Text.printable(name), text);
  }

  /**
   * Sends a request with the session cookie. Converts failures into messages that name the server.
   */
  <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
      throws IOException {
    // the HTTP client's own time limit ends with the headers; the body may still stall
    CompletableFuture<HttpResponse<T>> response = http.sendAsync(request, handler);
    try {
      return response.get(options.timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      response.cancel(true);
      Thread.currentThread().interrupt();
      throw new VsphereException("interrupted while waiting for " + options.authority(), e);
    } catch (TimeoutException e) {
      response.cancel(true);
      throw new VsphereException(
          options.authority() + " did not answer within " + options.timeout().toSeconds() + " s",
          e);
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    }
  }

  private VsphereException failure(Throwable cause) {
    if (cause instanceof VsphereException known) {
      return known;
    }
    String what = cause instanceof SSLException ? "TLS with " : "cannot talk to ";
    return new VsphereException(what + options.authority() + ": " + innermost(cause), cause);
  }

  /**
   * Adds the session cookie.
   *
   * @throws VsphereException if the cookie is not printable ASCII. The HTTP client's own exception
   *     would contain the cookie, which is a secret.
   */
  void authorize(HttpRequest.Builder request) throws VsphereException {
    String value = cookie;
    if (value != null) {
      if (value.chars().anyMatch(c -> c < ' ' || c > '~')) {
        throw new VsphereException(
            "the session cookie has a character that is not printable ASCII");
      }
      request.header("Cookie", value);
    }
  }

  private void keepCookie(HttpResponse<?> response) {
    List<String> cookies = response.headers().allValues("Set-Cookie");
    for (String line : cookies) {
      if (line.startsWith(COOKIE)) {
        int end = line.indexOf(';');
        cookie = end < 0 ? line : line.substring(0, end);
      }
    }
  }

  /** Returns the API version to request. */
  void version(String value) {
    version = value;
  }

  /** Returns the value of the session cookie; null before the login. */
  String session() {
    String value = cookie;
    return value == null ? null : value.substring(COOKIE.length());
  }

  void forgetSession() {
    cookie = null;
  }

  VsphereOptions options() {
    return options;
  }

  private static String innermost(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : Text.printable(message);
  }
}
