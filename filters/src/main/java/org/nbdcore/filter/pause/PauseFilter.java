package org.nbdcore.filter.pause;

import java.io.IOException;
import java.nio.file.Path;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.StartContext;

/** Holds the gate for the requests of all clients, and the socket that controls it. */
final class PauseFilter implements Filter {

  private final Path path;
  private final RequestGate gate = new RequestGate();
  private ControlSocket control;

  PauseFilter(Path path) {
    this.path = path;
  }

  @Override
  public void start(Backend next, StartContext context) throws IOException {
    control = ControlSocket.open(path, gate);
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return new PauseDevice(next.open(request), gate, request.session());
  }

  @Override
  public void close() throws IOException {
    gate.resume();
    if (control != null) {
      control.close();
    }
  }
}
