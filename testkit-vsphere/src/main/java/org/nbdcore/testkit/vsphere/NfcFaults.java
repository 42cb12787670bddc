package org.nbdcore.testkit.vsphere;

import java.util.function.UnaryOperator;

/** Faults of a fake host. Set them before the client connects. */
public final class NfcFaults {

  volatile boolean oldHost;
  volatile boolean shuffled;
  volatile long latencyMicros;
  volatile int largestBuffer = 2 << 20;
  volatile int compression;
  volatile long cutAfterBytes = Long.MAX_VALUE;
  volatile boolean silent;
  volatile int failReadsWith;
  volatile int failOpenWith;
  volatile boolean ticketsRefused;
  volatile boolean outOfMemory;
  volatile Certificate dataCertificate = Certificate.HOST;
  volatile ReplyFault replyFault = ReplyFault.NONE;
  volatile long size = -1;
  volatile UnaryOperator<byte[]> mutator;

  /** A fault of the replies to reads. */
  public enum ReplyFault {
    NONE,
    WRONG_MAGIC,
    UNKNOWN_REQUEST,
    OTHER_TYPE,
    TWICE,
    OUTSIDE,
    EMPTY_FRAGMENT,
    TOO_LONG_COMPRESSED,
    COMPRESSED_RUBBISH,
    HUGE_PAYLOAD,
    SWITCH_HOST
  }

  /** Behaves as an ESXi before version 8: no SHA-256 in the login. */
  public NfcFaults oldHost() {
    oldHost = true;
    return this;
  }

  /** Sends the fragments of a read in another order. */
  public NfcFaults shuffled() {
    shuffled = true;
    return this;
  }

  /** Delays each answer by this time. */
  public NfcFaults latencyMicros(long value) {
    latencyMicros = value;
    return this;
  }

  /** Refuses larger buffers. */
  public NfcFaults largestBuffer(int bytes) {
    largestBuffer = bytes;
    return this;
  }

  /** Closes the connection in the middle of a reply, after this many bytes of data. */
  public NfcFaults cutAfterBytes(long bytes) {
    cutAfterBytes = bytes;
    return this;
  }

  /** Accepts reads but never answers them. */
  public NfcFaults silent() {
    silent = true;
    return this;
  }

  /** Answers reads with an error; 0 ends this. */
  public NfcFaults failReadsWith(int code) {
    failReadsWith = code;
    return this;
  }

  /** Refuses to open files, with an error; 0 ends this. */
  public NfcFaults failOpenWith(int code) {
    failOpenWith = code;
    return this;
  }

  /** Rejects the tickets that the API issues; false ends this. */
  public NfcFaults refuseTickets(boolean value) {
    ticketsRefused = value;
    return this;
  }

  /** Ends the handshake with NFC's out-of-memory error; false ends this. */
  public NfcFaults outOfMemory(boolean value) {
    outOfMemory = value;
    return this;
  }

  /** Presents a different certificate for the data than for the login. */
  public NfcFaults dataCertificate(Certificate value) {
    dataCertificate = value;
    return this;
  }

  /** Reports this size for each disk. */
  public NfcFaults size(long bytes) {
    size = bytes;
    return this;
  }

  /** Applies a fault to the replies to reads. */
  public NfcFaults replyFault(ReplyFault value) {
    replyFault = value;
    return this;
  }

  /** Changes every message of the disk protocol before the host sends it. */
  public NfcFaults mutator(UnaryOperator<byte[]> value) {
    mutator = value;
    return this;
  }
}
