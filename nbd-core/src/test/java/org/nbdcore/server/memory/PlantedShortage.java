package org.nbdcore.server.memory;

import java.util.function.IntPredicate;
import java.util.function.LongConsumer;

/** A pool whose allocations fail at will, as if the JVM had no more memory. */
public final class PlantedShortage {

  private PlantedShortage() {}

  /**
   * A pool that caches no slabs.
   *
   * @param shortage whether allocating so many bytes fails
   */
  public static SlabPool pool(long budget, LongConsumer standby, IntPredicate shortage) {
    return new SlabPool(
        budget,
        0,
        standby,
        new HighWaterMark(1, System::nanoTime),
        capacity -> {
          if (shortage.test(capacity)) {
            throw new OutOfMemoryError("planted");
          }
          return new Slab(capacity);
        });
  }
}
