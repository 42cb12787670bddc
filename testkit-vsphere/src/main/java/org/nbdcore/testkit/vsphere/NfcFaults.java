package org.nbdcore.testkit.vsphere;

import java.util.function.UnaryOperator;

/** What a fake host does otherwise than a good one. Set before the client connects. */
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

  /** One thing wrong with the replies to reads. */
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

  /** Speaks as an ESXi before 8: no SHA-256 in the login. */
  public NfcFaults oldHost() {
    oldHost = true;
    return this;
  }

  /** Sends the fragments of a read in another order. */
  public NfcFaults shuffled() {
    shuffled = true;
    return this;
  }

  /** Answers each request that late. */
  public NfcFaults latencyMicros(long value) {
    latencyMicros = value;
    return this;
  }

  /** Refuses larger buffers. */
  public NfcFaults largestBuffer(int bytes) {
    largestBuffer = bytes;
    return this;
  }

  /** Closes the connection in the middle of a reply after so many bytes of data. */
  public NfcFaults cutAfterBytes(long bytes) {
    cutAfterBytes = bytes;
    return this;
  }

  /** Takes reads and never answers. */
  public NfcFaults silent() {
    silent = true;
    return this;
  }

  /** Answers reads with an error; 0 ends that. */
  public NfcFaults failReadsWith(int code) {
    failReadsWith = code;
    return this;
  }

  /** Refuses to open files, with an error; 0 ends that. */
  public NfcFaults failOpenWith(int code) {
    failOpenWith = code;
    return this;
  }

  /** Knows none of the tickets that the API issues. */
  public NfcFaults refuseTickets() {
    ticketsRefused = true;
    return this;
  }

  /** Ends the handshake with NFC's error about memory. */
  public NfcFaults outOfMemory() {
    outOfMemory = true;
    return this;
  }

  /** Shows another certificate for the data than for the login. */
  public NfcFaults dataCertificate(Certificate value) {
    dataCertificate = value;
    return this;
  }

  /** Says that each disk has that size. */
  public NfcFaults size(long bytes) {
    size = bytes;
    return this;
  }

  /** Spoils the replies to reads. */
  public NfcFaults replyFault(ReplyFault value) {
    replyFault = value;
    return this;
  }

  /** Changes every message of the disk protocol before it is sent. */
  public NfcFaults mutator(UnaryOperator<byte[]> value) {
    mutator = value;
    return this;
  }
}
