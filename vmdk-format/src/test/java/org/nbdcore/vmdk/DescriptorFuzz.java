package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.nbdcore.testkit.vsphere.EsxFixture;

/**
 * A target for Jazzer: the text of a descriptor. Beside it are an extent of each kind, and a disk
 * that may be its parent.
 */
public final class DescriptorFuzz {
  private static final byte[] SPARSE = sparse();
  private static final byte[] COWD = new EsxFixture(64).cowd();
  private static final byte[] FLAT = new byte[64 * SparseFixture.SECTOR];

  private DescriptorFuzz() {}

  /** Called by Jazzer, and by CorpusTest for what it found. */
  public static void fuzzerTestOneInput(byte[] data) throws IOException {
    SimulatedFiles files = new SimulatedFiles();
    files.put(WritableKind.NAME, data);
    files.put("flat", FLAT);
    files.put("sparse", SPARSE);
    files.put("cowd", COWD);
    files.put(
        "parent",
        SparseFixture.descriptor("custom", "RW 64 FLAT \"flat\" 0")
            .getBytes(StandardCharsets.UTF_8));
    FuzzedDisk.use(files);
  }

  private static byte[] sparse() {
    try {
      return SparseFixture.monolithic(64).grain(1, 0x11).build();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
