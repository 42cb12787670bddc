package org.nbdcore.testkit.vsphere;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** The login of a fake host. */
final class FakeAuthd {

  private static final String BANNER =
      "220 VMware Authentication Daemon Version 1.10: SSL Required, ServerDaemonProtocol:SOAP,"
          + " MKSDisplayProtocol:VNC , VMXARGS supported, NFCSSL supported/t";

  private FakeAuthd() {}

  static void serve(Socket socket, FakeNfcHost host) throws IOException {
    boolean modern = !host.faults().oldHost;
    String banner = BANNER + (modern ? ", SHA256 supported" : "");
    write(socket.getOutputStream(), banner);
    SSLSocket tls = tls(socket, Certificate.HOST.context());
    InputStream in = tls.getInputStream();
    OutputStream out = tls.getOutputStream();
    Boolean writable = null;
    while (true) {
      String line = readLine(in);
      if (line == null) {
        return;
      }
      if (line.startsWith("SESSION ")) {
        writable = host.takeTicket(line.substring(8));
      } else if (writable == null) {
        write(out, "530 Please login with USER and PASS");
      } else if (line.equals("BANNER ")) {
        write(out, banner);
      } else if (modern && line.equals("THUMBPRINT_SHA2 PlainText")) {
        write(out, "200 " + Certificate.HOST.thumbprint("SHA-256"));
      } else if (line.equals("PROXY " + host.service())) {
        write(out, "200 Connect ha-nfc");
        FakeNfcSession.serve(socket.getInputStream(), socket.getOutputStream(), host, writable);
        return;
      } else if (line.equals("PROXY " + host.service() + "ssl")) {
        write(out, "200 Connect ha-nfcssl");
        SSLSocket data = tls(socket, host.faults().dataCertificate.context());
        FakeNfcSession.serve(data.getInputStream(), data.getOutputStream(), host, writable);
        return;
      } else {
        write(out, "501 Invalid arguments");
        throw new FakeNfcHost.Violation("login: '" + line + "'");
      }
    }
  }

  private static SSLSocket tls(Socket socket, SSLContext context) throws IOException {
    SSLSocket tls =
        (SSLSocket)
            context.getSocketFactory().createSocket(socket, "localhost", socket.getPort(), false);
    tls.setUseClientMode(false);
    tls.startHandshake();
    return tls;
  }

  private static void write(OutputStream out, String line) throws IOException {
    out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private static String readLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        return null;
      }
      line.append((char) c);
    }
    if (line.length() == 0 || line.charAt(line.length() - 1) != '\r') {
      throw new FakeNfcHost.Violation("login: a line without CR: '" + line + "'");
    }
    line.setLength(line.length() - 1);
    return line.toString();
  }
}
