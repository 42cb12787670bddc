package org.nbdcore.vmdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests of no bytes are allowed up to the end of the disk, where there is no extent. */
final class EmptyRequestsTest {

  @ParameterizedTest
  @ValueSource(longs = {0, 512, 1 << 20})
  void emptyRequestsChangeNothing(long offset) throws IOException {
    SimulatedFiles files = new SimulatedFiles();
    FileLocation file = files.at(WritableKind.NAME);
    VmdkDisk.create(file, VmdkCreateOptions.ofSize(1 << 20));
    try (VmdkDisk disk = VmdkDisk.open(file, VmdkOptions.defaults().withWritable(true))) {
      ByteBuffer empty = ByteBuffer.allocate(0);
      disk.write(empty, offset);
      disk.read(empty, offset);
      disk.zero(offset, 0);
      disk.trim(offset, 0);
      assertThat(Disks.readAll(disk)).containsOnly(0);
    }
  }
}
