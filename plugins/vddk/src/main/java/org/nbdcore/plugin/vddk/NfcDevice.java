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
  private final NfcCalls calls;

  NfcDevice(NfcDisk disk, boolean singleLink, NfcCalls calls) {
    this.disk = disk;
    this.allocation = new NfcAllocation(disk, singleLink, calls);
    this.calls = calls;
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
    long start = System.nanoTime();
    boolean done = false;
    try {
      disk.read(dst, offset);
      done = true;
    } catch (NfcException e) {
      throw explained(e);
    } finally {
      calls.ended(NfcCalls.Kind.READ, start, !done);
    }
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    long start = System.nanoTime();
    boolean done = false;
    try {
      disk.write(src, offset);
      done = true;
    } catch (NfcException e) {
      throw explained(e);
    } finally {
      calls.ended(NfcCalls.Kind.WRITE, start, !done);
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
    long start = System.nanoTime();
    disk.read(
        dst,
        offset,
        failure -> {
          calls.ended(NfcCalls.Kind.READ, start, failure != null);
          completion.completed(result(failure));
        });
    return true;
  }

  @Override
  public boolean writeAsync(
      ByteBuffer src, long offset, Flags flags, CompletionHandler completion) {
    if (flags.has(Flags.FUA)) {
      return false;
    }
    long start = System.nanoTime();
    disk.write(
        src,
        offset,
        failure -> {
          calls.ended(NfcCalls.Kind.WRITE, start, failure != null);
          completion.completed(result(failure));
        });
    return true;
  }

  private static AsyncResult result(IOException failure) {
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
      calls.count(
          NfcCalls.Kind.FLUSH,
          () -> {
            disk.flush();
            return null;
          });
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
