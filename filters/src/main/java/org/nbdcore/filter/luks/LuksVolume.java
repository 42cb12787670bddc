package org.nbdcore.filter.luks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.helpers.UnalignedReader;

/** An opened container: how its sectors are encrypted. Safe for use by many threads. */
final class LuksVolume {

  private final LuksHeader header;
  private final byte[] key;
  private final ArrayDeque<Worker> idle = new ArrayDeque<>(); // guarded by itself

  /** The objects that one thread needs to encrypt or decrypt. */
  static final class Worker {
    final SectorCipher cipher;
    final byte[] bytes = new byte[SectorCipher.MOST];
    final ByteBuffer buffer = ByteBuffer.allocateDirect(SectorCipher.MOST);

    private Worker(SectorCipher cipher) {
      this.cipher = cipher;
    }
  }

  private LuksVolume(LuksHeader header, byte[] key) {
    this.header = header;
    this.key = key;
  }

  /**
   * Finds the master key by a passphrase, which takes seconds by intention.
   *
   * @param session client that waits for the volume; the search ends when the client disconnects
   * @throws NbdException with EPERM if it is the passphrase of no slot
   */
  static LuksVolume open(
      LuksHeader header, BlockDevice container, byte[] passphrase, Session session)
      throws IOException {
    LuksHash hash = LuksHash.of(header.hash());
    SectorCipher.of(header.cipher(), header.mode(), new byte[header.keyLength()]); // or refuses
    boolean any = false;
    for (KeySlot slot : header.slots()) {
      if (slot.active()) {
        any = true;
        byte[] key = key(header, slot, container, hash, passphrase, session);
        byte[] digest =
            hash.key(
                key, header.digestSalt(), header.digestIterations(), LuksHeader.DIGEST, session);
        if (MessageDigest.isEqual(digest, header.digest())) {
          return new LuksVolume(header, key);
        }
      }
    }
    throw new NbdException(
        NbdError.EPERM,
        any
            ? "the passphrase fits none of the key slots of the LUKS container"
            : "the LUKS container has no key slot that is in use: no passphrase opens it");
  }

  private static byte[] key(
      LuksHeader header,
      KeySlot slot,
      BlockDevice container,
      LuksHash hash,
      byte[] passphrase,
      Session session)
      throws IOException {
    byte[] own = hash.key(passphrase, slot.salt(), slot.iterations(), header.keyLength(), session);
    SectorCipher cipher = SectorCipher.of(header.cipher(), header.mode(), own);
    int length = (int) slot.stripes() * header.keyLength();
    int whole = (int) LuksHeader.sectors(length);
    byte[] stripes = new byte[whole];
    new UnalignedReader(container).read(slot.offset(), whole).get(stripes);
    byte[] piece = new byte[SectorCipher.MOST];
    for (int at = 0; at < whole; at += piece.length) {
      int part = Math.min(piece.length, whole - at);
      System.arraycopy(stripes, at, piece, 0, part);
      cipher.crypt(false, piece, part, at / LuksHeader.SECTOR);
      System.arraycopy(piece, 0, stripes, at, part);
    }
    return hash.merge(Arrays.copyOf(stripes, length), header.keyLength());
  }

  LuksHeader header() {
    return header;
  }

  /** Takes the cipher objects for one thread; return them with {@link #release}. */
  Worker acquire() throws NbdException {
    Worker worker;
    synchronized (idle) {
      worker = idle.pollFirst();
    }
    return worker != null
        ? worker
        : new Worker(SectorCipher.of(header.cipher(), header.mode(), key));
  }

  void release(Worker worker) {
    synchronized (idle) {
      idle.addFirst(worker);
    }
  }
}
