package org.nbdcore.server.transmission;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.log.ServerLog;
import org.nbdcore.protocol.Command;
import org.nbdcore.server.failure.Failures;
import org.nbdcore.server.memory.Slab;

/** Sends replies of a receiver that do not fit into its batch. */
final class UnbatchedReply {

  private UnbatchedReply() {}

  /** Sends one reply: the data of a read from its slab, or {@code data}. */
  static void send(Transmission t, Request request, ByteBuffer data) throws IOException {
    send(t, request, data, false);
  }

  /**
   * Like {@link #send}, for a receiver that was overtaken in its call. For a read without {@code
   * data}, the monitor has reserved memory.
   */
  static void sendOvertaken(Transmission t, Request request, ByteBuffer data) throws IOException {
    send(t, request, data, data == null && request.type == Command.READ);
  }

  private static void send(Transmission t, Request request, ByteBuffer data, boolean reserved)
      throws IOException {
    Request alone = t.requestPool.take();
    alone.copy(request);
    alone.statuses = request.statuses;
    boolean read = alone.type == Command.READ;
    boolean needsMemory =
        read && alone.error == 0 && request.slab == null && !keepsFile(request, alone);
    if (reserved && !needsMemory) {
      t.pool.unreserve((int) request.length);
    }
    if (read && alone.error == 0) {
      alone.slab = request.slab;
      request.slab = null;
      if (needsMemory && acquire(t, alone, reserved)) {
        copyOut(t, request, alone, data);
      }
      request.buffers.clear();
    } else if (read) {
      t.pool.release(request.slab);
      request.slab = null;
    }
    Worker.reply(t, alone);
  }

  /** Moves a range of a file to the new request, because it may be sent later. */
  private static boolean keepsFile(Request request, Request alone) {
    return request.sendsFile() && request.buffers.moveFileTo(alone.buffers);
  }

  /**
   * Acquires memory for the data of a read. Does not block, because other threads may wait for
   * memory of this thread. Without a reservation, the data is short, because it comes from a batch.
   * If there is no memory, the reply is an error.
   */
  private static boolean acquire(Transmission t, Request alone, boolean reserved) {
    int length = (int) alone.length;
    try {
      alone.slab = reserved ? t.pool.acquireReserved(length) : t.pool.acquireNow(length);
      return true;
    } catch (OutOfMemoryError e) {
      alone.failForMemory(length);
      t.reporter.completed(alone); // if the request was not executed yet
      return false;
    }
  }

  private static void copyOut(Transmission t, Request request, Request alone, ByteBuffer data) {
    int length = (int) request.length;
    if (data != null) {
      alone.slab.bytes.put(0, data, data.limit() - length, length);
    } else if (request.buffers.length() > 0) {
      copyBuffers(request, alone.slab);
      alone.error = request.error;
      alone.message = request.message;
    } else {
      // overtaken during a zero-copy read that the device declined: read the data now
      t.operations.perform(alone, alone.slab.view(0, length));
    }
  }

  /**
   * Copies the data of a zero-copy read that cannot be sent directly. If the memory cannot be read,
   * for example because a mapped file has become shorter, the request fails.
   */
  static void copyBuffers(Request request, Slab target) {
    try {
      request.buffers.copyTo(target);
    } catch (IOException | RuntimeException | Error e) {
      request.fail(Failures.error(e).wireValue(), Failures.message(e));
      ServerLog.LOG.error("the data of a zero-copy read cannot be read: " + e, e);
    }
  }
}
