package org.nbdcore.plugin.cdi;

import java.io.FilterInputStream;
import java.io.InputStream;
import org.nbdcore.plugin.curl.WebResponse;

/** The body of a response. Closing it before its end drops the connection. */
final class ResponseStream extends FilterInputStream {

  private final WebResponse response;

  ResponseStream(WebResponse response, InputStream body) {
    super(body);
    this.response = response;
  }

  @Override
  public void close() {
    response.close();
  }
}
