package org.nbdcore.server.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class ReplyBuffersTest {

  /** Otherwise the reply would look complete, and contain earlier bytes of the memory. */
  @Test
  void addFileRefusesNull() {
    ReplyBuffers buffers = new ReplyBuffers(true);
    buffers.begin(100);
    assertThatThrownBy(() -> buffers.addFile(null, 0, 100))
        .hasMessage("the zero-copy read has no file");
    assertThat(buffers.length()).isZero();
  }

  @Test
  void moreBytesThanRequestedAreRefused() {
    ReplyBuffers buffers = new ReplyBuffers(true);
    buffers.begin(100);
    buffers.add(ByteBuffer.allocate(60));
    assertThatThrownBy(() -> buffers.add(ByteBuffer.allocate(41)))
        .hasMessage("the zero-copy read adds 41 bytes after 60, but 100 are requested");
    assertThatThrownBy(() -> buffers.addZeroes(41))
        .hasMessage("the zero-copy read adds 41 bytes after 60, but 100 are requested");
    assertThat(buffers.length()).isEqualTo(60);
  }
}
