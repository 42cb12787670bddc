package org.nbdcore.server.transmission;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.nbdcore.protocol.ErrorValue;
import org.nbdcore.server.memory.SlabPool;

final class UnbatchedReplyTest {

  /** The device has changed its buffer, as memory of a shortened file cannot be had in a test. */
  @Test
  void zeroCopyMemoryThatCannotBeReadIsTheErrorOfTheRequest() {
    SlabPool pool = new SlabPool(128L << 20, 2 << 20, wanted -> {});
    Request request = Request.served(true);
    request.zeroCopy.begin(10);
    ByteBuffer buffer = ByteBuffer.allocate(1 << 22).limit(10);
    request.zeroCopy.add(buffer);
    buffer.clear();
    UnbatchedReply.copyZeroCopy(request, pool.acquire(1 << 16));
    assertThat(request.error).isEqualTo(ErrorValue.EIO);
  }
}
