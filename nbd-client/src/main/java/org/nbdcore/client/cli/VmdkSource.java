package org.nbdcore.client.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.nbdcore.client.copy.CopySource;
import org.nbdcore.vmdk.ExtentKind;
import org.nbdcore.vmdk.VmdkDisk;

/** A VMDK that is read by a copy. */
final class VmdkSource implements CopySource {

  private static final int START = 512;
  private static final int TAR_MAGIC = 257;

  private final VmdkDisk disk;
  private final String name;

  VmdkSource(VmdkDisk disk, String name) {
    this.disk = disk;
    this.name = name;
  }

  /** By its first bytes; a raw image is no VMDK. An OVA is none either, but refused as one. */
  static boolean looksLikeVmdk(Path path) throws IOException {
    if (!Files.isRegularFile(path)) {
      return false;
    }
    try (InputStream in = Files.newInputStream(path)) {
      String start = new String(in.readNBytes(START), StandardCharsets.ISO_8859_1);
      return start.startsWith("KDMV")
          || start.startsWith("ustar", TAR_MAGIC)
          || start.toLowerCase(Locale.ROOT).contains("# disk descriptorfile");
    }
  }

  @Override
  public long size() {
    return disk.size();
  }

  @Override
  public void read(int worker, ByteBuffer dst, long offset) throws IOException {
    disk.read(dst, offset);
  }

  @Override
  public boolean hasExtents() {
    return true;
  }

  @Override
  public void extents(long offset, long length, CopyExtentSink sink) throws IOException {
    disk.extents(
        offset,
        length,
        (at, run, kind) -> {
          sink.extent(at, run, kind != ExtentKind.DATA);
          return true;
        });
  }

  @Override
  public void close() throws IOException {
    disk.close();
  }

  @Override
  public String toString() {
    return "source " + name;
  }
}
