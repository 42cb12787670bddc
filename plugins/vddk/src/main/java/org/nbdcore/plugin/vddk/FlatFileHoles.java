package org.nbdcore.plugin.vddk;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import java.nio.file.Path;
import org.nbdcore.vmdk.FileHoles;

/** The holes of a flat extent's file, by SEEK_DATA and SEEK_HOLE. Closed once nobody asks. */
final class FlatFileHoles implements FileHoles {

  private static final int O_RDONLY = 0;
  private static final int O_CLOEXEC = 02000000;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;
  private static final int ENXIO = 6;

  static {
    Native.register(FlatFileHoles.class, NativeLibrary.getProcess());
  }

  private int descriptor; // -1 once closed; guarded by this

  private FlatFileHoles(int descriptor) {
    this.descriptor = descriptor;
  }

  private static native int open(byte[] path, int flags) throws LastErrorException;

  private static native long lseek(int fd, long offset, int whence) throws LastErrorException;

  private static native int close(int fd) throws LastErrorException;

  /** Opens the file a second time; null where that does not work, so that all of it is data. */
  static FileHoles open(Path file) {
    if (!Platform.isLinux() || Native.LONG_SIZE != Long.BYTES) {
      return null;
    }
    try {
      byte[] path = Native.toByteArray(file.toString(), System.getProperty("sun.jnu.encoding"));
      return new FlatFileHoles(open(path, O_RDONLY | O_CLOEXEC));
    } catch (LastErrorException e) {
      return null;
    }
  }

  @Override
  public synchronized long nextData(long offset) {
    try {
      return lseek(descriptor, offset, SEEK_DATA);
    } catch (LastErrorException e) {
      return e.getErrorCode() == ENXIO ? NO_MORE_DATA : offset;
    }
  }

  @Override
  public synchronized long nextHole(long offset) {
    try {
      return lseek(descriptor, offset, SEEK_HOLE);
    } catch (LastErrorException e) {
      return Long.MAX_VALUE;
    }
  }

  @Override
  public synchronized void close() {
    if (descriptor >= 0) {
      close(descriptor);
      descriptor = -1;
    }
  }
}
