package org.nbdcore.nfc;

import java.time.Duration;
import java.util.Objects;

/**
 * Options for opening and reading a disk. Immutable; each {@code with} method returns a changed
 * copy.
 */
public final class NfcOptions implements Cloneable {

  private static final NfcOptions DEFAULTS = new NfcOptions();

  private NfcTransport transport = NfcTransport.NBDSSL;
  private NfcCompression compression = NfcCompression.NONE;
  private int bufferSize = 1 << 20;
  private int bufferCount = 4;
  private int libraryVersion = ClassicFrame.VERSION;
  private Duration connectTimeout = Duration.ofSeconds(30);
  private Duration idleTimeout = Duration.ofMinutes(5);
  private NfcTrace trace;

  private NfcOptions() {}

  /**
   * Defaults: TLS, no compression, four buffers of 1 MiB, 30 s to log in, 5 minutes for a reply.
   */
  public static NfcOptions defaults() {
    return DEFAULTS;
  }

  /** Sets how blocks are transferred. */
  public NfcOptions withTransport(NfcTransport transport) {
    NfcOptions changed = copy();
    changed.transport = Objects.requireNonNull(transport);
    return changed;
  }

  /** Sets the compression to request for reads. The server may still send uncompressed blocks. */
  public NfcOptions withCompression(NfcCompression compression) {
    NfcOptions changed = copy();
    changed.compression = Objects.requireNonNull(compression);
    return changed;
  }

  /**
   * Sets the server's buffers for this disk. The host reserves {@code size * count} bytes of
   * memory, which also limits the bytes in flight.
   *
   * @param size in bytes, a multiple of 64 KiB from 64 KiB to 2 MiB; if the server refuses it, the
   *     client asks for 64 KiB
   * @param count 1 to 64; with 1, only one request is in flight
   */
  public NfcOptions withBuffers(int size, int count) {
    if (size < 1 << 16 || size > 1 << 21 || size % (1 << 16) != 0) {
      throw new IllegalArgumentException(
          "buffer size must be a multiple of 64K from 64K to 2M, not " + size);
    }
    if (count < 1 || count > 64) {
      throw new IllegalArgumentException("buffer count must be from 1 to 64, not " + count);
    }
    NfcOptions changed = copy();
    changed.bufferSize = size;
    changed.bufferCount = count;
    return changed;
  }

  /**
   * Sets the host's NFC version, as returned by NfcGetServerNfcLibVersion. Hosts below version 11
   * get a shorter handshake.
   */
  public NfcOptions withLibraryVersion(int version) {
    NfcOptions changed = copy();
    changed.libraryVersion = version;
    return changed;
  }

  /**
   * Sets the time limits.
   *
   * @param connect for connecting, logging in and opening the disk, in total
   * @param idle for the next byte from the server while a request is in flight
   */
  public NfcOptions withTimeouts(Duration connect, Duration idle) {
    NfcOptions changed = copy();
    changed.connectTimeout = positive(connect);
    changed.idleTimeout = positive(idle);
    return changed;
  }

  /** Sets the receiver of one line for each message. */
  public NfcOptions withTrace(NfcTrace trace) {
    NfcOptions changed = copy();
    changed.trace = trace;
    return changed;
  }

  NfcTransport transport() {
    return transport;
  }

  NfcCompression compression() {
    return compression;
  }

  int bufferSize() {
    return bufferSize;
  }

  int bufferCount() {
    return bufferCount;
  }

  int libraryVersion() {
    return libraryVersion;
  }

  Duration connectTimeout() {
    return connectTimeout;
  }

  Duration idleTimeout() {
    return idleTimeout;
  }

  void trace(String line) {
    if (trace != null) {
      trace.message(line);
    }
  }

  boolean tracing() {
    return trace != null;
  }

  private static Duration positive(Duration time) {
    if (time.isNegative() || time.isZero()) {
      throw new IllegalArgumentException("a time limit must be positive, not " + time);
    }
    return time;
  }

  private NfcOptions copy() {
    try {
      return (NfcOptions) clone();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }
}
