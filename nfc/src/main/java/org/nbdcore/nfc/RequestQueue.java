package org.nbdcore.nfc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The requests of a session: waiting, in flight, and partly sent. Not thread-safe; the session's
 * lock guards it.
 */
final class RequestQueue {

  private static final int SLOTS = 1024; // a power of two
  private static final int LONGEST_MESSAGE = AioType.HEADER + 64;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final DataWire wire;
  private final NfcOptions options;
  private long window;

  private final Deque<NfcOperation> urgent = new ArrayDeque<>();
  private final Deque<NfcOperation> waiting = new ArrayDeque<>();
  private final NfcOperation[] inFlight = new NfcOperation[SLOTS];
  private final ByteBuffer out = ByteBuffer.allocateDirect(1 << 13).order(ByteOrder.LITTLE_ENDIAN);
  private final ByteBuffer[] sources = {out, NOTHING};

  private int nextId;
  private int flying;
  private long flyingBytes;
  private boolean held;
  private long handle;

  /** The request of which only some messages have been encoded. */
  private NfcOperation current;

  /** The request whose data is being sent, or null. */
  private NfcOperation sending;

  /** True if out is being sent. It is then in read mode. */
  private boolean draining;

  RequestQueue(DataWire wire, NfcOptions options, long window) {
    this.wire = wire;
    this.options = options;
    this.window = window;
  }

  void add(NfcOperation operation) {
    (operation instanceof ControlOperation ? urgent : waiting).add(operation);
  }

  /** Sets the maximum number of bytes in flight. */
  void window(long bytes) {
    window = bytes;
  }

  void handle(long value) {
    handle = value;
  }

  /** If true, no further reads and writes start. Those in flight continue. */
  void hold(boolean value) {
    held = value;
  }

  boolean idle() {
    return flying == 0;
  }

  int inFlight() {
    return flying;
  }

  /** Sends queued requests. Returns false if the socket accepts no more bytes now. */
  boolean send() throws IOException {
    while (true) {
      if (draining && !drain()) {
        return false;
      }
      if (!encode()) {
        return true;
      }
    }
  }

  private boolean drain() throws IOException {
    if (!wire.write(sources)) {
      return false;
    }
    sources[1] = NOTHING;
    sending = null;
    out.clear();
    draining = false;
    return true;
  }

  /**
   * Fills out with messages, up to the first one with data. Returns true if there are bytes to
   * send.
   */
  private boolean encode() {
    while (out.remaining() >= LONGEST_MESSAGE) {
      if (current == null) {
        current = start();
        if (current == null) {
          break;
        }
      }
      NfcOperation encoded = current;
      ByteBuffer data = encoded.encode(out, handle);
      if (!encoded.more()) {
        current = null;
      }
      if (data != null) {
        sources[1] = data;
        sending = encoded;
        break;
      }
    }
    if (out.position() == 0) {
      return false;
    }
    out.flip();
    draining = true;
    return true;
  }

  /** Removes the next request that may start, or returns null. */
  private NfcOperation start() {
    int slot = nextId & SLOTS - 1;
    if (inFlight[slot] != null) {
      return null;
    }
    NfcOperation next = urgent.poll();
    if (next == null) {
      next = waiting.peek();
      if (next == null || held || flyingBytes > 0 && flyingBytes + next.weight() > window) {
        return null;
      }
      waiting.remove();
    }
    next.id = nextId++;
    inFlight[slot] = next;
    flying++;
    flyingBytes += next.weight();
    if (options.tracing()) {
      options.trace("nfc > request " + Integer.toUnsignedString(next.id) + ": " + next.describe());
    }
    return next;
  }

  NfcOperation find(int id) {
    NfcOperation operation = inFlight[id & SLOTS - 1];
    return operation != null && operation.id == id ? operation : null;
  }

  /** True if some of the request's data has not been sent, so that its buffer is in use. */
  boolean unsent(NfcOperation operation) {
    return operation == current || operation == sending;
  }

  void remove(NfcOperation operation) {
    inFlight[operation.id & SLOTS - 1] = null;
    flying--;
    flyingBytes -= operation.weight();
  }

  /** Removes all requests, in flight or not. */
  List<NfcOperation> removeAll() {
    List<NfcOperation> all = new ArrayList<>(waiting.size() + flying);
    for (int i = 0; i < SLOTS; i++) {
      if (inFlight[i] != null) {
        all.add(inFlight[i]);
        inFlight[i] = null;
      }
    }
    all.addAll(urgent);
    all.addAll(waiting);
    urgent.clear();
    waiting.clear();
    flying = 0;
    flyingBytes = 0;
    return all;
  }
}
