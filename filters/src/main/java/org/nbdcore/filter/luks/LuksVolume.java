package org.nbdcore.filter.luks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;

/** An opened container: encrypts and decrypts its sectors. Safe for use by several threads. */
final class LuksVolume {

  private final Segment segment;
  private final byte[] key;
  private final ArrayDeque<Worker> idle = new ArrayDeque<>(); // guarded by itself

  /** The objects that one thread needs to encrypt or decrypt. */
  static final class Worker {
    final SectorCipher cipher;
    final byte[] bytes = new byte[SectorCipher.MAX_BYTES];
    final ByteBuffer buffer = ByteBuffer.allocateDirect(SectorCipher.MAX_BYTES);

    private Worker(SectorCipher cipher) {
      this.cipher = cipher;
    }
  }

  private LuksVolume(Segment segment, byte[] key) {
    this.segment = segment;
    this.key = key;
  }

  /**
   * Finds the volume key with a passphrase, which takes seconds on purpose.
   *
   * @param session client that waits for the volume; the search ends when the client disconnects
   * @throws NbdException with EPERM if no slot has this passphrase
   */
  static LuksVolume open(
      LuksMetadata metadata, BlockDevice container, byte[] passphrase, Session session)
      throws IOException {
    if (metadata.slots().isEmpty()) {
      throw new NbdException(
          NbdError.EPERM,
          "the LUKS container has no key slot that is in use: no passphrase opens it");
    }
    cipher(metadata.segment(), new byte[metadata.keyLength()]); // or throws
    for (LuksMetadata.Slot slot : metadata.slots()) {
      byte[] key = slot.area().unlock(container, passphrase, session);
      if (slot.digest().matches(key, session)) {
        return new LuksVolume(metadata.segment(), key);
      }
    }
    throw new NbdException(
        NbdError.EPERM, "the passphrase opens none of the key slots of the LUKS container");
  }

  private static SectorCipher cipher(Segment segment, byte[] key) throws NbdException {
    return SectorCipher.of(segment.cipher(), segment.mode(), key, segment.sectorSize());
  }

  Segment segment() {
    return segment;
  }

  /** Takes the cipher objects for one thread; return them with {@link #release}. */
  Worker acquire() throws NbdException {
    Worker worker;
    synchronized (idle) {
      worker = idle.pollFirst();
    }
    return worker != null ? worker : new Worker(cipher(segment, key));
  }

  void release(Worker worker) {
    synchronized (idle) {
      idle.addFirst(worker);
    }
  }
}
