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

  private static final int MOST_HEADERS = 256;

  /** Answers of the kind "102 Processing" before the one that counts. */
  private static final int MOST_INTERIM = 100;

  /**
   * Any wait: what belongs to the answer to a HEAD request has arrived with it or comes too late.
   */
  private static final Timeout MOMENT = Timeout.ofMilliseconds(1);

  /** Holds for status lines, headers, lines between chunks and what follows the last one. */
  static Http1Config lines() {
    return Http1Config.custom()
        .setMaxLineLength(LONGEST_LINE)
        .setMaxHeaderCount(MOST_HEADERS)
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
      response.setEntity(null); // a proxy's refusal: the library would keep all of its page
      connection.close();
    } else if (Method.HEAD.isSame(request.getMethod()) && connection.isDataAvailable(MOMENT)) {
      connection.close(); // a body, which would be taken for the next answer
    }
    return response;
  }

  private static HttpResponseInformationCallback counting(HttpResponseInformationCallback inner) {
    int[] count = {0};
    return (response, connection, context) -> {
      if (++count[0] > MOST_INTERIM) {
        throw new ProtocolException("more than " + MOST_INTERIM + " interim answers");
      }
      if (inner != null) {
        inner.execute(response, connection, context);
      }
    };
  }
}
