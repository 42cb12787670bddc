package org.nbdcore.server.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.Principal;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;

/**
 * The server's side of one TLS session, without a socket: it turns bytes into bytes. One thread may
 * decrypt while another encrypts; otherwise one thread at a time.
 */
public interface TlsCodec {

  /**
   * Room for the plain text of one record. The JDK needs a few bytes more than the 16 KiB of a full
   * record to decrypt it.
   */
  int RECORD = (1 << 14) + (1 << 9);

  /** The bytes that one record may take up on the wire, more than enough. */
  int PACKET = RECORD + (1 << 11);

  /**
   * Continues the handshake as far as possible.
   *
   * @param in from the client; what is used is taken from it
   * @param out for the client; what was made is added to it. {@link #PACKET} bytes should be free
   * @return whether the handshake is complete; otherwise {@code out} is to be sent and {@code in}
   *     to be filled further
   * @throws IOException if it failed; {@link #close} may still have an alert to send
   */
  boolean handshake(ByteBuffer in, ByteBuffer out) throws IOException;

  /**
   * Decrypts one record or more.
   *
   * @param dst with at least {@link #RECORD} bytes free
   * @return how many bytes were added to {@code dst}; 0 if more input is needed; -1 at the end
   */
  int decrypt(ByteBuffer in, ByteBuffer dst) throws IOException;

  /**
   * Encrypts one record.
   *
   * @param srcs of which the buffers from {@code first} to before {@code end} are used
   * @param out with at least {@link #PACKET} bytes free
   */
  void encrypt(ByteBuffer[] srcs, int first, int end, ByteBuffer out) throws IOException;

  /** Whether {@link #encrypt} should be called with nothing to send, as decrypting asked for it. */
  boolean hasPending();

  /** Releases memory. Call it on the decrypting thread if no data arrives for a while. */
  default void rest() {}

  /** Adds the message that ends the session, or an alert; nothing can be encrypted afterwards. */
  void close(ByteBuffer out) throws IOException;

  /** The client's name, from its certificate or key. */
  Optional<Principal> peer();

  /** The issuer of the client's certificate; empty if there is none. */
  default Optional<X500Principal> issuer() {
    return Optional.empty();
  }

  /** The version and the ciphers that were agreed on, valid once the handshake is complete. */
  String describe();
}
