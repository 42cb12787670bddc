package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.nbdcore.testkit.vsphere.EsxFixture;

/**
 * A target for Jazzer: the file of a valid disk with some bytes changed. The first byte of the
 * input selects the disk. The rest is a list of changes: three bytes for the position, one for the
 * number of bytes, and the bytes. A number of 0 truncates the file at the position.
 */
public final class DiskFuzz {
  private static final int BYTE = 0xff;
  private static final int MAX_CHANGE = 16; // bytes

  private DiskFuzz() {}

  /** Called by Jazzer, and by CorpusTest for what it found. */
  public static void fuzzerTestOneInput(byte[] data) throws IOException {
    if (data.length > 0) {
      FuzzedDisk.use(disk(data));
    }
  }

  private static SimulatedFiles disk(byte[] data) throws IOException {
    SimulatedFiles files = new SimulatedFiles();
    Kind kind = Kind.values()[(data[0] & BYTE) % Kind.values().length];
    byte[] image = changed(kind.image.clone(), data);
    if (kind.extent == null) {
      files.put(WritableKind.NAME, image);
    } else {
      files.put("extent", image);
      String text = SparseFixture.descriptor("custom", kind.extent);
      files.put(WritableKind.NAME, text.getBytes(StandardCharsets.UTF_8));
    }
    return files;
  }

  private static byte[] changed(byte[] from, byte[] data) {
    byte[] image = from;
    int at = 1;
    while (at + 4 < data.length && image.length > 0) {
      int position = data[at] & BYTE | (data[at + 1] & BYTE) << 8 | (data[at + 2] & BYTE) << 16;
      int start = position % image.length;
      int length = data[at + 3] & BYTE;
      at += 4;
      if (length == 0) {
        image = Arrays.copyOf(image, start);
      }
      int n = Math.min(Math.min(length % (MAX_CHANGE + 1), data.length - at), image.length - start);
      System.arraycopy(data, at, image, start, n);
      at += n;
    }
    return image;
  }

  /** The disks before the changes. */
  private enum Kind {
    PLAIN(sparse().grain(1, 0x11).grain(6, 0x66)),
    WITHOUT_COPY(withoutCopy()),
    ZEROED(sparse().grain(1, 0x11).zeroed(3)),
    STREAM(SparseFixture.stream(64).grain(0, 1).grain(3, 3).grain(7, 7)),
    NEW_STREAM(VmdkType.STREAM_OPTIMIZED),
    COWD(esx(256).cowd(), "RW 256 VMFSSPARSE \"extent\""),
    SE_SPARSE(seSparse(), "RW 512 SESPARSE \"extent\""),
    CREATED(VmdkType.MONOLITHIC_SPARSE);

    private final byte[] image;
    private final String extent; // the extent line, or null if the image has the descriptor

    Kind(SparseFixture fixture) {
      this(built(fixture), null);
    }

    Kind(VmdkType type) {
      this(created(type), null);
    }

    Kind(byte[] image, String extent) {
      this.image = image;
      this.extent = extent;
    }

    private static SparseFixture sparse() {
      return SparseFixture.monolithic(64);
    }

    private static SparseFixture withoutCopy() {
      SparseFixture fixture = sparse().grain(7, 0x77);
      fixture.redundant = false;
      return fixture;
    }

    private static EsxFixture esx(long capacity) {
      EsxFixture fixture = new EsxFixture(capacity);
      fixture.grains.put(3L, filled(512));
      return fixture;
    }

    private static byte[] seSparse() {
      EsxFixture fixture = new EsxFixture(512);
      fixture.grains.put(3L, filled(4096));
      fixture.entries.put(5L, 0x2000000000000000L);
      return fixture.seSparse();
    }

    private static byte[] filled(int length) {
      byte[] bytes = new byte[length];
      Arrays.fill(bytes, (byte) 0x5a);
      return bytes;
    }

    private static byte[] built(SparseFixture fixture) {
      try {
        return fixture.build();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    private static byte[] created(VmdkType type) {
      try {
        SimulatedFiles files = new SimulatedFiles();
        VmdkCreateOptions options = VmdkCreateOptions.ofSize(1 << 20).withType(type);
        VmdkDisk.create(files.at(WritableKind.NAME), options);
        return files.bytes(WritableKind.NAME);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
