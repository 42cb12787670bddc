package org.nbdcore.filter.tlsfallback;

import java.io.IOException;
import java.util.List;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.StartContext;
import org.nbdcore.spi.ThreadModel;

/** Shows clients without TLS a message. It never calls the layers below for such clients. */
final class TlsFallbackFilter implements Filter {

  private final byte[] message;

  TlsFallbackFilter(byte[] message) {
    this.message = message;
  }

  @Override
  public void start(Backend next, StartContext context) throws IOException {
    if (next.threadModel() == ThreadModel.SERIALIZE_CONNECTIONS) {
      throw new IOException(
          "a layer below serves one connection at a time, so that a client without TLS would keep"
              + " all others out");
    }
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    // A device that a layer opens for itself has no client.
    boolean shown = request.tls() || request.session().number() == 0;
    return shown ? next.open(request) : new ReadmeDevice(message);
  }

  @Override
  public List<Export> listExports(OpenRequest request, Backend next) throws IOException {
    return request.tls() ? next.listExports(request) : List.of(Export.of(""));
  }

  @Override
  public String defaultExport(OpenRequest request, Backend next) throws IOException {
    return request.tls() ? next.defaultExport(request) : "";
  }
}
