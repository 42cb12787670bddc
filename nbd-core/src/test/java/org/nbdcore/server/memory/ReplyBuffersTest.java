package org.nbdcore.server.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class ReplyBuffersTest {

  /** A reply with no pieces would look complete, and be what the memory held before. */
  @Test
  void aMissingFileIsNoData() {
    ReplyBuffers buffers = new ReplyBuffers(true);
    buffers.begin(100);
    assertThatThrownBy(() -> buffers.addFile(null, 0, 100)).hasMessage("the disk adds no file");
    assertThat(buffers.length()).isZero();
  }
}
