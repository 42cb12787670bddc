package org.nbdcore.vmdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A table that an extent has not had before, for which its file must grow. If the power fails, the
 * directory must not lead to where the file no longer reaches.
 */
class FreshTableTest {
  private static final int STEP = 4 << 20; // by which files grow
  private static final int SECTOR = 512;
  private static final int SEEDS = 2;

  private final VmdkOptions writable = VmdkOptions.defaults().withWritable(true);
  private final byte[] content = new byte[4 * SECTOR];

  @Test
  void directoryLeadsToTheTableOnlyWhenThatIsDurable() throws IOException {
    new Random(1).nextBytes(content);
    long calls = Long.MAX_VALUE;
    for (long cut = 0; cut <= calls; cut++) {
      SimulatedFiles files = almostFullStep();
      long before = files.calls();
      files.cutAfter(cut);
      boolean flushed = write(files);
      calls = Math.min(calls, flushed ? files.calls() - before : Long.MAX_VALUE);
      for (int seed = 0; seed < SEEDS; seed++) {
        String as = "cut after " + cut + " calls, seed " + seed;
        assertWhole(files.afterPowerCut(new Random(seed)), flushed, as);
      }
    }
  }

  /** The grains still have room, the table will not. */
  private static SimulatedFiles almostFullStep() throws IOException {
    SimulatedFiles files = new SimulatedFiles();
    VmdkCreateOptions options = VmdkCreateOptions.ofSize(1 << 20).withType(VmdkType.VMFS_SPARSE);
    VmdkDisk.create(files.at(WritableKind.NAME), options);
    try (OpenFile file = files.at("disk-delta.vmdk").open(true)) {
      file.truncate(STEP - 8 * SECTOR);
      file.force(true);
    }
    return files;
  }

  /** True if all went well. */
  private boolean write(SimulatedFiles files) throws IOException {
    try (VmdkDisk disk = VmdkDisk.open(files.at(WritableKind.NAME), writable)) {
      disk.write(ByteBuffer.wrap(content), 0);
      disk.flush();
      return true;
    } catch (SimulatedFiles.Cut e) {
      return false;
    }
  }

  private void assertWhole(SimulatedFiles left, boolean flushed, String as) throws IOException {
    try (VmdkDisk disk = VmdkDisk.open(left.at(WritableKind.NAME), VmdkOptions.defaults())) {
      byte[] found = Disks.read(disk, 0, content.length);
      for (int i = 0; i < content.length; i++) {
        assertThat(found[i] == content[i] || !flushed && found[i] == 0).as(as).isTrue();
      }
    } catch (VmdkException e) {
      throw new AssertionError(as, e);
    }
  }
}
