package org.nbdcore.client;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/** A socket with its two directions, plain at first and perhaps encrypted later. */
final class Connection implements Closeable {

  private final Endpoint endpoint;
  private final SocketChannel socket;
  private Closeable top;
  private WireInput in;
  private WireOutput out;
  private boolean tls;

  Connection(Endpoint endpoint, SocketChannel socket) {
    this.endpoint = endpoint;
    this.socket = socket;
    this.top = socket;
    this.in = new WireInput(socket);
    this.out = new WireOutput(socket);
  }

  WireInput in() {
    return in;
  }

  WireOutput out() {
    return out;
  }

  boolean tls() {
    return tls;
  }

  SocketChannel socket() {
    return socket;
  }

  /** Changes to TLS; the server has just agreed to it. */
  void startTls(ConnectOptions options) throws IOException {
    if (in.hasBuffered()) {
      // Somebody on the way might have put words into the server's mouth.
      throw Haggling.broken("option STARTTLS", "it went on in plain text");
    }
    boolean verify = options.tlsVerifyPeer();
    String hostname = options.tlsHostname();
    if (endpoint.uri() != null) {
      verify &= endpoint.uri().tlsVerifyPeer();
      String given = endpoint.uri().parameter("tls-hostname");
      hostname = given != null ? given : hostname;
    }
    hostname = hostname != null ? hostname : endpoint.hostname();
    SSLContext context = options.sslContext();
    if (context == null) {
      context = TlsContexts.of(endpoint.uri(), verify);
    }
    SSLEngine engine =
        hostname == null ? context.createSSLEngine() : context.createSSLEngine(hostname, -1);
    engine.setUseClientMode(true);
    if (verify && hostname != null) {
      SSLParameters parameters = engine.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      engine.setSSLParameters(parameters);
    }
    TlsChannel channel = new TlsChannel(socket, engine);
    channel.handshake();
    top = channel;
    in = new WireInput(channel);
    out = new WireOutput(channel);
    tls = true;
  }

  boolean isOpen() {
    return socket.isOpen();
  }

  @Override
  public void close() {
    try {
      top.close();
    } catch (IOException e) {
      // Closed is closed.
    }
  }

  /** The name for messages. */
  @Override
  public String toString() {
    return endpoint.toString();
  }
}
