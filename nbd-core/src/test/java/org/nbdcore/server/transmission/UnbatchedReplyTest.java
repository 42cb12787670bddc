package org.nbdcore.server.transmission;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.nbdcore.protocol.ErrorValue;
import org.nbdcore.server.memory.SlabPool;

final class UnbatchedReplyTest {

  /**
   * The buffer changes after the read, because a test cannot get the memory of a truncated file.
   */
  @Test
  void aZeroCopyBufferThatCannotBeCopiedFailsTheRequest() {
    SlabPool pool = new SlabPool(128L << 20, 2 << 20, wanted -> {});
    Request request = Request.served(true);
    request.buffers.begin(10);
    ByteBuffer added = ByteBuffer.allocate(1 << 22).limit(10);
    request.buffers.add(added);
    added.clear();
    UnbatchedReply.copyBuffers(request, pool.acquire(1 << 16));
    assertThat(request.error).isEqualTo(ErrorValue.EIO);
  }
}
