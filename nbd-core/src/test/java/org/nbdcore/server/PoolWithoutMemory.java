package org.nbdcore.server;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.nbdcore.server.memory.ConnectionBudget;
import org.nbdcore.server.memory.Slab;
import org.nbdcore.server.memory.SlabPool;

/** A program: a pool in a JVM that has less than 112 MiB of direct memory for it. */
final class PoolWithoutMemory {

  private static final int MIB = 1 << 20;

  private final CountDownLatch relieved = new CountDownLatch(1);
  private final SlabPool pool = new SlabPool(128L * MIB, 128L * MIB, this::relieve);
  private final Thread self = Thread.currentThread();

  private PoolWithoutMemory() {}

  public static void main(String[] arguments) throws Exception {
    PoolWithoutMemory program = new PoolWithoutMemory();
    Slab input =
        new ConnectionBudget(program.pool).acquireBase(4096); // every connection has such a slab
    program.cachedSlabsMakeRoom();
    program.impossibleSizesAreRefused();
    program.smallSlabsAreAcquiredWhileALargeOneIsNotAvailable();
    Reference.reachabilityFence(input);
    System.out.println("nobody waited");
    System.exit(0); // ends the thread that waits for the large slab
  }

  /** Called on a thread that has waited for a second. */
  private void relieve(long wanted) {
    if (Thread.currentThread() == self) {
      throw new AssertionError("waits for " + wanted + " bytes");
    }
    relieved.countDown();
  }

  private void cachedSlabsMakeRoom() {
    for (boolean immediately : new boolean[] {false, true}) {
      ConnectionBudget first = new ConnectionBudget(pool);
      first.release(first.acquire(64 * MIB));
      List<Slab> held = new ArrayList<>();
      held.add(first.acquire(16 * MIB));
      held.add(first.acquire(16 * MIB));
      ConnectionBudget second = new ConnectionBudget(pool);
      Slab third = immediately ? second.acquireNow(16 * MIB) : second.acquire(16 * MIB);
      second.release(third);
      held.forEach(first::release);
    }
  }

  private void impossibleSizesAreRefused() {
    ByteBuffer others = ByteBuffer.allocateDirect(40 * MIB);
    try {
      new ConnectionBudget(pool).acquire(64 * MIB);
      throw new AssertionError("more was held than there is");
    } catch (OutOfMemoryError e) {
      Reference.reachabilityFence(others);
    }
  }

  private void smallSlabsAreAcquiredWhileALargeOneIsNotAvailable() throws InterruptedException {
    new ConnectionBudget(pool).acquire(32 * MIB);
    ByteBuffer others = ByteBuffer.allocateDirect(25 * MIB);
    Thread waiter = new Thread(() -> new ConnectionBudget(pool).acquire(64 * MIB));
    waiter.setDaemon(true);
    waiter.start();
    relieved.await();
    new ConnectionBudget(pool).acquire(MIB);
    Reference.reachabilityFence(others);
  }
}
