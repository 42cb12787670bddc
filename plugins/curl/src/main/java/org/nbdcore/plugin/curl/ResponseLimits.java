package org.nbdcore.plugin.curl;

import java.io.IOException;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.HttpResponseInformationCallback;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.Timeout;

/**
 * Limits the memory for status lines, headers and chunk lines of a web server, because the library
 * has no limit.
 */
final class ResponseLimits extends HttpRequestExecutor {

  /** Four times the usual limit of web servers. */
  private static final int LONGEST_LINE = 1 << 15;

  private static final int MAX_HEADERS = 256;

  /** Maximum number of interim responses, such as "102 Processing", before the final one. */
  private static final int MAX_INTERIM = 100;

  /**
   * Shortest time to wait for the body of a response to HEAD, which either has arrived or is
   * ignored.
   */
  private static final Timeout MOMENT = Timeout.ofMilliseconds(1);

  /** Limits status lines, headers, chunk lines and trailers. */
  static Http1Config lines() {
    return Http1Config.custom()
        .setMaxLineLength(LONGEST_LINE)
        .setMaxHeaderCount(MAX_HEADERS)
        .build();
  }

  @Override
  public ClassicHttpResponse execute(
      ClassicHttpRequest request,
      HttpClientConnection connection,
      HttpResponseInformationCallback interim,
      HttpContext context)
      throws IOException, HttpException {
    ClassicHttpResponse response = super.execute(request, connection, counting(interim), context);
    HttpEntity entity = response.getEntity();
    if (Method.CONNECT.isSame(request.getMethod()) && entity != null) {
      response.setEntity(null); // else a proxy's error page would fill memory
      connection.close();
    } else if (Method.HEAD.isSame(request.getMethod()) && connection.isDataAvailable(MOMENT)) {
      connection.close(); // a body, which would be parsed as the next response
    }
    return response;
  }

  private static HttpResponseInformationCallback counting(HttpResponseInformationCallback inner) {
    int[] count = {0};
    return (response, connection, context) -> {
      if (++count[0] > MAX_INTERIM) {
        throw new ProtocolException("more than " + MAX_INTERIM + " interim answers");
      }
      if (inner != null) {
        inner.execute(response, connection, context);
      }
    };
  }
}
