package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.nfc.NfcDisk;
import org.nbdcore.nfc.NfcException;
import org.nbdcore.spi.AsyncBlockDevice;
import org.nbdcore.spi.AsyncResult;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.LostWritesException;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Support;

/** A disk read and written by nbd-core's own client for VMware's disk protocol. */
final class NfcDevice implements AsyncBlockDevice {

  private final NfcDisk disk;
  private final NfcAllocation allocation;

  NfcDevice(NfcDisk disk, boolean singleLink) {
    this.disk = disk;
    this.allocation = new NfcAllocation(disk, singleLink);
  }

  @Override
  public long size() {
    return disk.size();
  }

  @Override
  public Capabilities capabilities() {
    Capabilities capabilities =
        disk.readOnly()
            ? Capabilities.readOnly()
            : Capabilities.readWrite().withFlush(true).withFua(Support.EMULATE);
    int sector = disk.sectorSize();
    return capabilities
        .withExtents(disk.readOnly())
        .withBlockSizes(BlockSizes.of(sector, Math.max(4096, sector), BlockSizes.UNLIMITED));
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    try {
      disk.read(dst, offset);
    } catch (NfcException e) {
      throw explained(e);
    }
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    try {
      disk.write(src, offset);
    } catch (NfcException e) {
      throw explained(e);
    }
  }

  /** The client gets the same error as from VDDK. */
  private static IOException explained(IOException failure) {
    return failure instanceof NfcException known
        ? new NbdException(VixError.nbd(known.code()), known.getMessage(), known)
        : failure;
  }

  @Override
  public boolean prefersAsync() {
    return true;
  }

  @Override
  public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion) {
    disk.read(dst, offset, failure -> completion.completed(outcome(failure)));
    return true;
  }

  @Override
  public boolean writeAsync(
      ByteBuffer src, long offset, Flags flags, CompletionHandler completion) {
    if (flags.has(Flags.FUA)) {
      return false;
    }
    disk.write(src, offset, failure -> completion.completed(outcome(failure)));
    return true;
  }

  private static AsyncResult outcome(IOException failure) {
    return () -> {
      if (failure != null) {
        throw explained(failure);
      }
    };
  }

  /** If a flush fails, its writes are lost: another flush would have nothing to do. */
  @Override
  public void flush() throws IOException {
    try {
      disk.flush();
    } catch (IOException e) {
      throw lost(e);
    }
  }

  private static LostWritesException lost(IOException why) {
    return new LostWritesException(
        "writes that were not flushed are perhaps lost: " + why.getMessage(), why);
  }

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    allocation.report(offset, length, flags.has(Flags.REQ_ONE), sink);
  }

  @Override
  public void close() throws LostWritesException {
    try {
      disk.close();
    } catch (IOException e) {
      throw lost(e);
    }
  }
}
