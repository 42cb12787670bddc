package org.nbdcore.server.transmission;

import java.io.IOException;
import org.nbdcore.protocol.CommandFlags;
import org.nbdcore.protocol.ReplyType;

/**
 * Executes reads that are too long for the reply batch. Their data is sent without a copy if the
 * device supports it, otherwise from a separate slab. Used by the receiver's thread.
 */
final class LongReads {

  private final Receiver receiver;
  private final Transmission t;
  private final Request request;
  private final ReplyBatch batch;
  private SparseReply sparse; // made when first needed

  /**
   * @param request the receiver's request object, reused for every request
   */
  LongReads(Receiver receiver, Transmission transmission, Request request, ReplyBatch batch) {
    this.receiver = receiver;
    this.t = transmission;
    this.request = request;
    this.batch = batch;
  }

  /**
   * Serves the request, a read of {@code length} bytes.
   *
   * @return false if another receiver has taken over meanwhile; then the reply has been sent
   */
  boolean serve(int length) throws IOException {
    if (!t.operations.hasZeroCopy()) {
      return copiedRead(length);
    }
    if (!receiver.call(null)) {
      return false;
    }
    if (request.error != 0) {
      return receiver.gatherReply();
    }
    if (request.zeroCopy.length() == 0) {
      return copiedRead(length);
    }
    if (t.format.chunks() && request.zeroCopy.hasZeroes() && sparseRead()) {
      request.zeroCopy.clear();
      return true;
    }
    int header = gatherReadHeader();
    try {
      return batch.flushWith(request.zeroCopy) || queueCopy(header, length);
    } finally {
      request.zeroCopy.clear();
    }
  }

  /**
   * Another thread writes at the moment: leaves it the range of a file, or else a copy, because the
   * device may reuse the memory of a zero-copy read.
   */
  private boolean queueCopy(int header, int length) throws IOException {
    if (request.sendsFile()) {
      queueInstead(header);
      return true;
    }
    batch.add(-header);
    request.slab = receiver.acquire(length);
    if (request.slab == null) {
      return receiver.gatherReply();
    }
    try {
      UnbatchedReply.copyZeroCopy(request, request.slab);
      queueInstead(0);
      return true;
    } finally {
      releaseSlab();
    }
  }

  /**
   * Sends holes as such.
   *
   * @return false, with nothing done, if the reply must be one chunk, has no long hole, or another
   *     thread is writing
   */
  private boolean sparseRead() throws IOException {
    if (sparse == null) {
      sparse = new SparseReply(t.format);
    }
    sparse.measure(request);
    if (sparse.isOneHole()) {
      batch.reserve(t.format.hole());
      t.format.putHole(
          request,
          batch.slab().bytes,
          batch.length(),
          ReplyType.FLAG_DONE,
          request.offset,
          (int) request.length);
      batch.add(t.format.hole());
      return true;
    }
    if (!sparse.hasHoles() || (request.flags & CommandFlags.DF) != 0) {
      return false;
    }
    batch.reserve(sparse.headers());
    return batch.flushWith(sparse, request);
  }

  private boolean copiedRead(int length) throws IOException {
    request.slab = receiver.acquire(length);
    if (request.slab == null) {
      return receiver.gatherReply();
    }
    try {
      if (!receiver.call(request.slab.view(0, length))) {
        return false;
      }
      if (request.error != 0) {
        return receiver.gatherReply();
      }
      int header = gatherReadHeader();
      if (!batch.flushWith(request.slab.view(0, length))) {
        queueInstead(header);
      }
      return true;
    } finally {
      releaseSlab();
    }
  }

  /** Returns the memory of the request, unless its reply has it. */
  private void releaseSlab() {
    t.pool.release(request.slab);
    request.slab = null;
  }

  private int gatherReadHeader() throws IOException {
    int header = t.format.readHeader();
    batch.reserve(header);
    t.format.put(request, batch.slab().bytes, batch.length());
    batch.add(header);
    return header;
  }

  /** Another thread writes at the moment: leaves it the reply whose header was gathered last. */
  private void queueInstead(int header) throws IOException {
    batch.add(-header);
    batch.flush();
    UnbatchedReply.send(t, request, null);
  }
}
