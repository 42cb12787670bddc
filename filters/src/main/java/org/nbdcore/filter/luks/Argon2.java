package org.nbdcore.filter.luks;

import java.io.IOException;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;

/**
 * Argon2 of RFC 9106. It needs {@code memory} KiB of the heap while it runs, and cannot be stopped.
 *
 * @param type of {@link Argon2Parameters}
 * @param time passes over the memory
 * @param memory in KiB
 * @param lanes number of parts of the memory that are filled independently
 */
record Argon2(int type, byte[] salt, int time, int memory, int lanes) implements Kdf {

  /** One derivation at a time, so that clients together need no more memory than one. */
  private static final Object TURN = new Object();

  /** Maximum memory in KiB, as cryptsetup allows. */
  private static final int MAX_MEMORY = 4 << 20;

  /** Maximum product of passes and KiB; some minutes of work. */
  private static final long MAX_WORK = 100L << 20;

  private static final int MAX_LANES = 255;
  private static final long RESERVE_MIB = 256;

  /** Checks the parameters of a header. */
  static Argon2 of(String name, byte[] salt, long time, long memory, long lanes)
      throws NbdException {
    int type = name.equals("argon2id") ? Argon2Parameters.ARGON2_id : Argon2Parameters.ARGON2_i;
    if (time < 1 || lanes < 1 || lanes > MAX_LANES || memory < 8 * lanes) {
      throw LuksHeader.refused(
          "the LUKS header is damaged: "
              + name
              + " cannot run with time "
              + time
              + ", memory "
              + memory
              + " and cpus "
              + lanes);
    }
    if (memory > MAX_MEMORY || time > MAX_WORK / memory) {
      throw LuksHeader.refused(
          "a key slot of the LUKS container needs "
              + time
              + " passes over "
              + memory
              + " KiB of memory, more than this filter accepts");
    }
    return new Argon2(type, salt, (int) time, (int) memory, (int) lanes);
  }

  @Override
  public byte[] key(byte[] passphrase, int length, Session session) throws IOException {
    Argon2BytesGenerator generator = new Argon2BytesGenerator();
    byte[] key = new byte[length];
    synchronized (TURN) {
      session.requireConnected(); // the client may have disconnected during the wait
      requireHeap();
      generator.init(
          new Argon2Parameters.Builder(type)
              .withVersion(Argon2Parameters.ARGON2_VERSION_13)
              .withSalt(salt)
              .withIterations(time)
              .withMemoryAsKB(memory)
              .withParallelism(lanes)
              .build());
      generator.generateBytes(passphrase, key);
    }
    return key;
  }

  /** Fails if the heap has too little free memory, because other threads need it too. */
  private void requireHeap() throws NbdException {
    long needed = (long) memory << 10;
    if (needed > free()) {
      System.gc(); // the used memory may be garbage
    }
    if (needed > free()) {
      throw new NbdException(
          NbdError.ENOMEM,
          "a key slot of the LUKS container needs "
              + (memory >> 10)
              + " MiB of memory, more than the heap of the JVM has ("
              + (Runtime.getRuntime().maxMemory() >> 20)
              + " MiB): set NBD_CORE_JAVA_OPTS=-Xmx"
              + ((memory >> 10) + RESERVE_MIB)
              + "m");
    }
  }

  /** The number of free bytes of the heap, less a reserve for other threads. */
  private static long free() {
    Runtime runtime = Runtime.getRuntime();
    long used = runtime.totalMemory() - runtime.freeMemory();
    return runtime.maxMemory() - used - (RESERVE_MIB / 4 << 20);
  }
}
