package org.nbdcore.nfc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The login on port 902: reads the banner, starts TLS, sends the ticket and requests the disk
 * service. After the server's reply, the same TCP connection continues outside this TLS session.
 */
final class AuthdLogin {

  private static final int LONGEST_LINE = 4096;

  private final BlockingWire tcp;
  private final TlsClient tls;
  private final NfcTicket ticket;
  private final NfcOptions options;

  AuthdLogin(BlockingWire tcp, TlsClient tls, NfcTicket ticket, NfcOptions options) {
    this.tcp = tcp;
    this.tls = tls;
    this.ticket = ticket;
    this.options = options;
  }

  void run() throws IOException {
    String banner = readLine(tcp);
    options.trace("authd < " + banner);
    if (!banner.startsWith("220")) {
      throw new NfcLoginException(where() + " does not greet as VMware's authd: " + banner);
    }
    if (!banner.contains("SSL")) {
      throw new NfcLoginException(where() + " offers no TLS: " + banner);
    }
    RecordTls secure = new RecordTls(tcp, tls.newEngine());
    secure.handshake();
    send(secure, "SESSION " + ticket.sessionId(), "SESSION (the ticket)");
    if (banner.contains("SHA256 supported")) {
      send(secure, "BANNER ", "BANNER");
      expect("220", secure, "BANNER");
      send(secure, "THUMBPRINT_SHA2 PlainText", "THUMBPRINT_SHA2 PlainText");
      expect("200", secure, "THUMBPRINT_SHA2");
    }
    String proxy = options.transport().proxy(ticket.service());
    send(secure, "PROXY " + proxy, "PROXY " + proxy);
    expect("200", secure, "PROXY " + proxy);
  }

  private void send(BlockingWire wire, String line, String traced) throws IOException {
    options.trace("authd > " + traced);
    wire.write(ByteBuffer.wrap((line + "\r\n").getBytes(StandardCharsets.UTF_8)));
  }

  private void expect(String code, BlockingWire wire, String question) throws IOException {
    String answer;
    try {
      answer = readLine(wire);
    } catch (java.io.EOFException e) {
      throw new NfcLoginException(
          where() + " refused the ticket: it closed the connection after " + question);
    }
    options.trace("authd < " + answer);
    if (!answer.startsWith(code)) {
      throw new NfcLoginException(
          where() + " refused the ticket: " + question + " was answered with: " + answer);
    }
  }

  private String where() {
    return ticket.host() + ":" + ticket.port();
  }

  /** Reads a line byte by byte: the bytes after the line belong to the next protocol. */
  private static String readLine(BlockingWire wire) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    byte[] line = new byte[LONGEST_LINE];
    for (int length = 0; length < line.length; length++) {
      one.clear();
      wire.readFully(one);
      if (one.get(0) == '\n') {
        int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
        return ClassicFrame.printable(java.util.Arrays.copyOf(line, end));
      }
      line[length] = one.get(0);
    }
    throw new NfcLoginException("a line of more than " + LONGEST_LINE + " bytes in the login");
  }
}
