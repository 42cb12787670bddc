package org.nbdcore.client;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.nbdcore.protocol.NbdUri;

/** A socket and its two directions. Plain at first, and encrypted after {@code STARTTLS}. */
final class ClientConnection implements Closeable {

  private final Endpoint endpoint;
  private final ReadableByteChannel from;
  private final GatheringByteChannel to;
  private Closeable top;
  private WireInput in;
  private WireOutput out;
  private boolean tls;

  ClientConnection(Endpoint endpoint, SocketChannel socket) {
    this(endpoint, socket, socket);
  }

  /** The two directions may be one channel; closing either ends both. */
  ClientConnection(Endpoint endpoint, ReadableByteChannel from, GatheringByteChannel to) {
    this.endpoint = endpoint;
    this.from = from;
    this.to = to;
    this.top = to;
    this.in = new WireInput(from);
    this.out = new WireOutput(to);
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

  /** The channel that the time limit closes. */
  Channel socket() {
    return to;
  }

  /** Changes to TLS, after the server has agreed. */
  void startTls(ConnectOptions options) throws IOException {
    if (in.hasBuffered()) {
      // An attacker could have injected this data.
      throw OptionNegotiation.broken("option STARTTLS", "the server continued in plain text");
    }
    NbdUri uri = endpoint.uri();
    if (options.sslContext() == null && uri != null && PskKey.wanted(uri)) {
      startPsk(PskKey.of(uri));
    } else {
      TlsChannel channel = new TlsChannel(from, to, engine(options));
      channel.handshake();
      encrypted(channel, channel);
    }
  }

  private void startPsk(PskKey key) throws IOException {
    try {
      PskChannel channel = PskChannel.connect(from, to, key);
      encrypted(channel, channel);
    } catch (NoClassDefFoundError e) {
      throw NbdClientException.broken(
          "pre-shared keys need Bouncy Castle's bctls-jdk18on on the class path", e);
    }
  }

  private void encrypted(ReadableByteChannel reading, GatheringByteChannel channel) {
    top = channel;
    in = new WireInput(reading);
    out = new WireOutput(channel);
    tls = true;
  }

  private SSLEngine engine(ConnectOptions options) throws IOException {
    boolean verify = options.tlsVerifyPeer();
    String hostname = options.tlsHostname();
    NbdUri uri = endpoint.uri();
    if (uri != null) {
      verify &= uri.tlsVerifyPeer();
      String given = uri.parameter("tls-hostname");
      hostname = given != null ? given : hostname;
    }
    hostname = hostname != null ? hostname : endpoint.hostname();
    SSLContext context = options.sslContext();
    if (context == null) {
      context = TlsContexts.of(uri, verify);
    }
    SSLEngine engine =
        hostname == null ? context.createSSLEngine() : context.createSSLEngine(hostname, -1);
    engine.setUseClientMode(true);
    if (verify && hostname != null) {
      SSLParameters parameters = engine.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      engine.setSSLParameters(parameters);
    }
    return engine;
  }

  boolean isOpen() {
    return to.isOpen();
  }

  @Override
  public void close() {
    try {
      top.close();
    } catch (IOException e) {
      // ignored: the channel is closed either way
    }
  }

  /** The name for messages. */
  @Override
  public String toString() {
    return endpoint.toString();
  }
}
