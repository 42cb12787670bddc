package org.nbdcore.server.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.Principal;
import java.util.Optional;
import java.util.function.Consumer;
import javax.security.auth.x500.X500Principal;

/**
 * Reports the description of a session once its handshake is complete. Forwards all calls to
 * another codec.
 */
final class DescribedCodec implements TlsCodec {

  private final TlsCodec codec;
  private final Consumer<String> descriptions;
  private boolean described;

  DescribedCodec(TlsCodec codec, Consumer<String> descriptions) {
    this.codec = codec;
    this.descriptions = descriptions;
  }

  @Override
  public boolean handshake(ByteBuffer in, ByteBuffer out) throws IOException {
    boolean complete = codec.handshake(in, out);
    if (complete && !described) {
      described = true;
      String client = codec.peer().map(Principal::getName).orElse("anonymous");
      descriptions.accept("TLS session: " + codec.describe() + ", client: " + client);
    }
    return complete;
  }

  @Override
  public int decrypt(ByteBuffer in, ByteBuffer dst) throws IOException {
    return codec.decrypt(in, dst);
  }

  @Override
  public void encrypt(ByteBuffer[] srcs, int first, int end, ByteBuffer out) throws IOException {
    codec.encrypt(srcs, first, end, out);
  }

  @Override
  public boolean hasPending() {
    return codec.hasPending();
  }

  @Override
  public void releaseBuffers() {
    codec.releaseBuffers();
  }

  @Override
  public void close(ByteBuffer out) throws IOException {
    codec.close(out);
  }

  @Override
  public Optional<Principal> peer() {
    return codec.peer();
  }

  @Override
  public Optional<X500Principal> issuer() {
    return codec.issuer();
  }

  @Override
  public String describe() {
    return codec.describe();
  }
}
