package org.nbdcore.plugin.curl;

import java.io.IOException;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.StartContext;

/** One file on a web server; all clients share the connections to it. */
final class CurlPlugin implements Plugin {

  /** Creates the objects that need files, when the server starts. */
  interface Opening {
    /** Reads certificates and cookies. */
    Opened open(TransferTimes times) throws IOException;
  }

  /** The objects that exist while the server runs. */
  record Opened(WebFile file, CookieStore cookies) {}

  private static final Log LOG = Log.of("curl");

  private final Opening opening;
  private final boolean showTimes;
  private final TransferTimes times = new TransferTimes();
  private Opened opened; // null until started

  CurlPlugin(Opening opening, boolean showTimes) {
    this.opening = opening;
    this.showTimes = showTimes;
  }

  @Override
  public void start(StartContext context) throws IOException {
    opened = opening.open(times);
  }

  @Override
  public BlockDevice open(OpenRequest request) throws IOException {
    return new CurlDevice(opened.file(), opened.file().size());
  }

  @Override
  public void close() throws IOException {
    if (opened == null) {
      return;
    }
    opened.file().close();
    if (showTimes) {
      times.show(LOG);
    }
    opened.cookies().save();
  }
}
