package org.nbdcore.it;

import java.nio.file.Path;
import java.util.List;

/** BusyBox's web server, which serves the files of a folder. */
final class WebServer implements AutoCloseable {

  private final PortProcess program;

  private WebServer(PortProcess program) {
    this.program = program;
  }

  static WebServer start(Sandbox box, Path folder) throws Exception {
    return new WebServer(
        PortProcess.start(
            "web server",
            port -> {
              List<String> command =
                  Client.BUSYBOX.with(
                      "httpd", "-f", "-p", "127.0.0.1:" + port, "-h", folder.toString());
              return box.builder(command).start();
            }));
  }

  String url(String file) {
    return "http://127.0.0.1:" + program.port() + "/" + file;
  }

  @Override
  public void close() {
    program.close();
  }
}
