package org.nbdcore.server.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.Principal;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;

/**
 * The server's side of one TLS session, without a socket, similar to {@link
 * javax.net.ssl.SSLEngine}. One thread may decrypt while another one encrypts. Otherwise, for one
 * thread at a time.
 */
public interface TlsCodec {

  /**
   * Buffer size for the plain text of one record, in bytes. To decrypt a record, the JDK needs a
   * few bytes more than the 16 KiB of a full record.
   */
  int RECORD = (1 << 14) + (1 << 9);

  /** Buffer size for one encrypted record, in bytes; more than the maximum size of a record. */
  int PACKET = RECORD + (1 << 11);

  /**
   * Continues the handshake as far as possible.
   *
   * @param in bytes from the client; this method consumes the bytes that it uses
   * @param out receives bytes for the client. {@link #PACKET} bytes should be free
   * @return true if the handshake is complete. Otherwise send {@code out}, and read more bytes into
   *     {@code in}
   * @throws IOException if the handshake failed; {@link #close} may still write an alert to send
   */
  boolean handshake(ByteBuffer in, ByteBuffer out) throws IOException;

  /**
   * Decrypts one or more records.
   *
   * @param in bytes from the client
   * @param dst needs at least {@link #RECORD} free bytes
   * @return the number of bytes added to {@code dst}; 0 if more input is needed; -1 at the end of
   *     the session
   */
  int decrypt(ByteBuffer in, ByteBuffer dst) throws IOException;

  /**
   * Encrypts one record.
   *
   * @param srcs plain text: the buffers from index {@code first} to {@code end}, exclusive
   * @param out needs at least {@link #PACKET} free bytes
   */
  void encrypt(ByteBuffer[] srcs, int first, int end, ByteBuffer out) throws IOException;

  /**
   * True if {@link #encrypt} should be called even without data, to send a message of TLS itself,
   * such as a reply to a key update.
   */
  boolean hasPending();

  /** Releases memory. Call it on the decrypting thread if no data arrives for a while. */
  default void releaseBuffers() {}

  /**
   * Writes the message that ends the session, or an alert, to {@code out}. Do not encrypt
   * afterwards.
   */
  void close(ByteBuffer out) throws IOException;

  /** The client's name, from its certificate or pre-shared key. */
  Optional<Principal> peer();

  /** The issuer of the client's certificate; empty if there is none. */
  default Optional<X500Principal> issuer() {
    return Optional.empty();
  }

  /** The negotiated version and cipher suite. Call it only after the handshake. */
  String describe();
}
