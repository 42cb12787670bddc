package org.nbdcore.server.transmission;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.nbdcore.server.memory.ConnectionBudget;
import org.nbdcore.server.memory.ReplyBuffers;
import org.nbdcore.server.memory.Slab;
import org.nbdcore.server.wire.Wire;

/**
 * Collects replies of a receiver, to write several at once. It holds memory only while it contains
 * a reply. Used by the receiver's thread, and by the monitor while it replaces the receiver.
 */
final class ReplyBatch {

  private final ReplyQueue replyQueue;
  private final Wire wire;
  private final ConnectionBudget pool;
  private ByteBuffer[] pieces = new ByteBuffer[8];
  private Slab slab;
  private int length;

  ReplyBatch(Transmission transmission) {
    replyQueue = transmission.replyQueue;
    wire = transmission.wire;
    pool = transmission.pool;
  }

  /** Offset of the next reply; valid after {@link #reserve}. */
  int length() {
    return length;
  }

  /** The memory of the batch; valid after {@link #reserve}. */
  Slab slab() {
    return slab;
  }

  /**
   * Ensures room for {@code size} bytes after {@link #length}. Writes the batch first if necessary.
   */
  void reserve(int size) throws IOException {
    if (length + size > Receiver.SLAB) {
      flush();
    }
    if (slab == null) {
      slab = pool.acquireBase(Receiver.SLAB);
    }
  }

  /** Counts {@code size} bytes as part of the batch. */
  void add(int size) {
    length += size;
  }

  /** Writes the batch, or queues it if another thread is writing. */
  void flush() throws IOException {
    if (length == 0) {
      return;
    }
    ByteBuffer replies = slab.view(0, length);
    length = 0;
    if (!replyQueue.begin()) {
      Slab full = slab;
      slab = null;
      replyQueue.send(replies, full);
      return;
    }
    try {
      wire.write(replies);
    } catch (IOException | RuntimeException | Error e) {
      replyQueue.abandon(e);
      throw e;
    }
    replyQueue.end();
  }

  /**
   * Writes the batch, followed by {@code data}.
   *
   * @return false, without effect, if another thread is writing
   */
  boolean flushWith(ByteBuffer data) throws IOException {
    if (!replyQueue.begin()) {
      return false;
    }
    pieces[0] = slab.view(0, length);
    pieces[1] = data;
    writePieces(2);
    return true;
  }

  /** Like {@link #flushWith(ByteBuffer)}, with the data of a zero-copy read. */
  boolean flushWith(ReplyBuffers buffers) throws IOException {
    if (!replyQueue.begin()) {
      return false;
    }
    if (buffers.file() != null) {
      transfer(buffers);
      return true;
    }
    int count = 1 + buffers.count();
    if (pieces.length < count) {
      pieces = new ByteBuffer[count];
    }
    pieces[0] = slab.view(0, length);
    buffers.copyTo(pieces, 1);
    writePieces(count);
    return true;
  }

  /**
   * Like {@link #flushWith(ByteBuffer)}, with a reply that has hole chunks. {@link #reserve} must
   * have ensured room for its headers.
   */
  boolean flushWith(SparseReply reply, Request request) throws IOException {
    if (!replyQueue.begin()) {
      return false;
    }
    if (pieces.length < reply.pieces()) {
      pieces = new ByteBuffer[reply.pieces()];
    }
    writePieces(reply.layOut(request, slab, length, pieces));
    return true;
  }

  private void transfer(ReplyBuffers buffers) throws IOException {
    ByteBuffer replies = slab.view(0, length);
    length = 0;
    try {
      wire.write(replies);
      wire.transfer(buffers.file(), buffers.position(), buffers.length());
    } catch (IOException | RuntimeException | Error e) {
      replyQueue.abandon(e);
      throw e;
    }
    replyQueue.end();
  }

  private void writePieces(int count) throws IOException {
    length = 0;
    try {
      wire.write(pieces, count);
    } catch (IOException | RuntimeException | Error e) {
      replyQueue.abandon(e);
      throw e;
    } finally {
      Arrays.fill(pieces, 0, count, null); // let the garbage collector reclaim the device's buffers
    }
    replyQueue.end();
  }

  /** Acquires the memory that {@link #moveTo} needs in the new batch. */
  void acquireFor(ReplyBatch other) {
    if (length > 0) {
      other.slab = pool.acquireBaseNow(Receiver.SLAB);
    }
  }

  /** Moves the replies to the new batch of an overtaking receiver. */
  void moveTo(ReplyBatch other) {
    if (length > 0) {
      other.slab.bytes.put(0, slab.bytes, 0, length);
      other.length = length;
      length = 0;
    }
  }

  /** Releases the memory if the batch is empty. */
  void releaseIfEmpty() {
    if (length == 0) {
      pool.release(slab);
      slab = null;
    }
  }

  /** Discards the replies and releases the memory. */
  void discard() {
    length = 0;
    releaseIfEmpty();
  }
}
