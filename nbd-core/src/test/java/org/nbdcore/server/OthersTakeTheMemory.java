package org.nbdcore.server;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.nbdcore.protocol.Command;
import org.nbdcore.testkit.RawNbdClient;

/**
 * A program: other code of the process, such as a plugin, takes all direct memory while a client
 * sends a large write slowly.
 */
final class OthersTakeTheMemory {

  private static final int MIB = 1 << 20;
  private static final int LENGTH = 16 * MIB;

  /** The client sends pieces of this size; the JDK allocates one direct buffer of the size. */
  private static final int PIECE = 1 << 16;

  /** More than the smaller slabs that the server has in reserve. */
  private static final int FIRST = 3 * MIB;

  /** Longer than the server waits before it moves a slow payload to smaller memory. */
  private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final List<ByteBuffer> OTHERS = new ArrayList<>();

  private OthersTakeTheMemory() {}

  public static void main(String[] arguments) throws Exception {
    try (TestServer server = TestServer.serve(new EndlessDevice());
        RawNbdClient slow = server.simple()) {
      byte[] data = EndlessDevice.contents(0, LENGTH);
      long before = direct();
      slow.request(0, Command.WRITE, 1, 0, LENGTH);
      int sent = send(slow, data, 0, FIRST);
      while (direct() < before + LENGTH) {
        Thread.onSpinWait(); // until the server has memory for the payload
      }
      exhaustDirectMemory();
      for (long end = System.nanoTime() + SLOW_NANOS; System.nanoTime() < end; ) {
        sent = send(slow, data, sent, sent + 1);
        TimeUnit.MILLISECONDS.sleep(10); // the client is slow: that is what the test is about
      }
      send(slow, data, sent, LENGTH);
      if (slow.simpleReply().error() != 0) {
        throw new AssertionError("the write failed");
      }
      System.out.println("all are served");
    }
  }

  private static int send(RawNbdClient client, byte[] data, int from, int to) throws IOException {
    for (int at = from; at < to; at += PIECE) {
      client.send(ByteBuffer.wrap(data, at, Math.min(PIECE, to - at)));
    }
    return to;
  }

  private static long direct() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  private static void exhaustDirectMemory() {
    for (int size = 16 * MIB; size >= 4096; size /= 2) {
      try {
        while (true) {
          OTHERS.add(ByteBuffer.allocateDirect(size));
        }
      } catch (OutOfMemoryError e) {
        // now less is tried
      }
    }
  }
}
