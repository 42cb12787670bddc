package org.nbdcore.nfc;

import java.io.IOException;

/** Opens a disk with a ticket. A failure at any step closes the connection and leaves no thread. */
final class DiskOpener {

  private static final int SMALLEST_BUFFER = 1 << 16;

  private DiskOpener() {}

  static NfcDisk open(NfcTicket ticket, NfcOptions options, String path, boolean readOnly)
      throws IOException {
    Deadline deadline =
        Deadline.after(
            options.connectTimeout(),
            ticket.host() + ":" + ticket.port() + " did not finish the login");
    ChannelWire tcp = ChannelWire.connect(ticket.host(), ticket.port(), deadline);
    NfcSession session = null;
    try {
      TlsClient tls = new TlsClient(ticket);
      new AuthdLogin(tcp, tls, ticket, options).run();
      session = handshake(ticket, options, tcp, tls);
      return openFile(session, options, path, readOnly);
    } catch (IOException | RuntimeException | Error e) {
      if (session != null) {
        session.stop();
      }
      tcp.close();
      throw e;
    }
  }

  private static NfcSession handshake(
      NfcTicket ticket, NfcOptions options, ChannelWire tcp, TlsClient tls) throws IOException {
    DataWire data;
    if (options.transport() == NfcTransport.NBDSSL) {
      RecordTls secure = new RecordTls(tcp, tls.newEngine());
      secure.handshake();
      new ClassicHandshake(secure, options).run();
      data = new TlsDataWire(tcp.channel(), secure);
    } else {
      new ClassicHandshake(tcp, options).run();
      data = DataWire.plain(tcp.channel());
    }
    return NfcSession.start(tcp, data, options, ticket.host());
  }

  private static NfcDisk openFile(
      NfcSession session, NfcOptions options, String path, boolean readOnly) throws IOException {
    int buffer = options.bufferSize();
    try {
      openSession(session, buffer, options.bufferCount());
    } catch (NfcException e) {
      if (buffer == SMALLEST_BUFFER) {
        throw e;
      }
      options.trace("nfc: the server refuses buffers of " + buffer + " bytes: " + e.getMessage());
      buffer = SMALLEST_BUFFER;
      openSession(session, buffer, options.bufferCount());
      session.window((long) buffer * options.bufferCount());
    }
    session.call(ControlOperation.of(AioType.SET_SOCKET_OPTIONS, new byte[0]));
    session.call(ControlOperation.of(AioType.SET_RESOURCE_POOL, new byte[0], 1));
    RemoteFile file = RemoteFile.open(session, path, readOnly);
    session.idleTimeout(options.idleTimeout());
    return new NfcDisk(session, options, buffer, path, readOnly, file);
  }

  private static void openSession(NfcSession session, int buffer, int count) throws IOException {
    session.call(ControlOperation.of(AioType.OPEN_SESSION, new byte[0], 0, buffer, count, 0));
  }
}
