package org.nbdcore.server.transmission;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.nbdcore.server.memory.ConnectionBudget;
import org.nbdcore.server.memory.ReplyBuffers;
import org.nbdcore.server.memory.Slab;
import org.nbdcore.server.wire.Wire;

/**
 * Replies that a receiver gathers, to write several at once. Its memory is borrowed only while
 * there is something in it. Used by the receiver's thread, and by the monitor while it overtakes.
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

  /** Makes room for {@code size} bytes behind {@link #length}, writing what is there if need be. */
  void reserve(int size) throws IOException {
    if (length + size > Receiver.SLAB) {
      flush();
    }
    if (slab == null) {
      slab = pool.acquireShare(Receiver.SLAB);
    }
  }

  /** Counts {@code size} bytes as part of the batch. */
  void add(int size) {
    length += size;
  }

  /** Writes everything, or leaves it to the thread that writes at the moment. */
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
   * Writes everything with {@code data} right behind it.
   *
   * @return false, with nothing done, if another thread writes at the moment
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

  /** The same for a zero-copy read. */
  boolean flushWith(ReplyBuffers zeroCopy) throws IOException {
    if (!replyQueue.begin()) {
      return false;
    }
    if (zeroCopy.file() != null) {
      transfer(zeroCopy);
      return true;
    }
    int count = 1 + zeroCopy.count();
    if (pieces.length < count) {
      pieces = new ByteBuffer[count];
    }
    pieces[0] = slab.view(0, length);
    zeroCopy.copyTo(pieces, 1);
    writePieces(count);
    return true;
  }

  /**
   * The same with a reply to a read that has holes, whose headers {@link #reserve} has room for.
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

  private void transfer(ReplyBuffers zeroCopy) throws IOException {
    ByteBuffer replies = slab.view(0, length);
    length = 0;
    try {
      wire.write(replies);
      wire.transfer(zeroCopy.file(), zeroCopy.position(), zeroCopy.length());
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
      Arrays.fill(pieces, 0, count, null); // do not keep the device's memory alive
    }
    replyQueue.end();
  }

  /** Acquires the memory that {@link #moveTo} needs in the new batch. */
  void acquireFor(ReplyBatch other) {
    if (length > 0) {
      other.slab = pool.acquireShareNow(Receiver.SLAB);
    }
  }

  /** Moves what is gathered to the new batch of an overtaking receiver. */
  void moveTo(ReplyBatch other) {
    if (length > 0) {
      other.slab.bytes.put(0, slab.bytes, 0, length);
      other.length = length;
      length = 0;
    }
  }

  /** Gives back the memory if the batch is empty. */
  void rest() {
    if (length == 0) {
      pool.release(slab);
      slab = null;
    }
  }

  /** Gives back the memory with what is in it. */
  void discard() {
    length = 0;
    rest();
  }
}
