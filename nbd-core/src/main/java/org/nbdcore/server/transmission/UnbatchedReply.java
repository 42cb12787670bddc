package org.nbdcore.server.transmission;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.log.ServerLog;
import org.nbdcore.protocol.Command;
import org.nbdcore.server.failure.Failures;
import org.nbdcore.server.memory.Slab;

/** A reply of a receiver that does not fit into its batch. */
final class UnbatchedReply {

  private UnbatchedReply() {}

  /** Sends one reply: the data of a read from its slab, or {@code data}. */
  static void send(Transmission t, Request request, ByteBuffer data) throws IOException {
    send(t, request, data, false);
  }

  /**
   * The same for a receiver that was overtaken in its call. For a read without {@code data}, the
   * monitor has reserved memory.
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
      request.zeroCopy.clear();
    } else if (read) {
      t.pool.release(request.slab);
      request.slab = null;
    }
    Worker.reply(t, alone);
  }

  /** Hands over a range of a file, which may be sent later. */
  private static boolean keepsFile(Request request, Request alone) {
    return request.sendsFile() && request.zeroCopy.moveFileTo(alone.zeroCopy);
  }

  /**
   * Acquires memory for the data of a read, without waiting: others may wait for that of this
   * thread. Without a reservation the data is short, as it comes from a batch. If there is no
   * memory, the reply is an error.
   */
  private static boolean acquire(Transmission t, Request alone, boolean reserved) {
    int length = (int) alone.length;
    try {
      alone.slab = reserved ? t.pool.acquireReserved(length) : t.pool.acquireNow(length);
      return true;
    } catch (OutOfMemoryError e) {
      alone.noMemory(length);
      t.reporter.completed(alone); // if it was still to be performed
      return false;
    }
  }

  private static void copyOut(Transmission t, Request request, Request alone, ByteBuffer data) {
    int length = (int) request.length;
    if (data != null) {
      alone.slab.bytes.put(0, data, data.limit() - length, length);
    } else if (request.zeroCopy.length() > 0) {
      copyZeroCopy(request, alone.slab);
      alone.error = request.error;
      alone.message = request.message;
    } else {
      // overtaken during a zero-copy read that was declined: the read itself is still to be done
      t.operations.perform(alone, alone.slab.view(0, length));
    }
  }

  /**
   * Copies the data of a zero-copy read, if it cannot be sent directly. Memory that cannot be read,
   * as that of a mapped file that has become shorter, is the error of the request.
   */
  static void copyZeroCopy(Request request, Slab target) {
    try {
      request.zeroCopy.copyTo(target);
    } catch (IOException | RuntimeException | Error e) {
      request.fail(Failures.error(e).wireValue(), Failures.message(e));
      ServerLog.LOG.error("the buffers of a zero-copy read cannot be read: " + e, e);
    }
  }
}
