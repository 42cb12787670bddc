package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The requests that reads of a remote file cause. */
class ReadCacheTest {

  private static final int BLOCK = ReadCache.BLOCK;
  private static final int SIZE = 40 * BLOCK + 1000;

  private final byte[] file = new byte[SIZE];
  private final List<String> requests = new ArrayList<>();
  private final HttpsCalls calls = new HttpsCalls();
  private final ReadCache cache = new ReadCache(SIZE, this::request, calls);
  private boolean broken;

  ReadCacheTest() {
    new Random(1).nextBytes(file);
  }

  private void request(ByteBuffer dst, long position) throws IOException {
    requests.add(position + "+" + dst.remaining());
    if (broken) {
      throw new IOException("the connection is lost");
    }
    dst.put(file, (int) position, dst.remaining());
  }

  private void read(int position, int length) throws IOException {
    ByteBuffer dst = ByteBuffer.allocate(length + 2).position(1).limit(length + 1);
    cache.read(dst, position);
    assertThat(dst.remaining()).isZero();
    assertThat(Arrays.copyOfRange(dst.array(), 1, length + 1))
        .isEqualTo(Arrays.copyOfRange(file, position, position + length));
  }

  @Test
  void shortReadsOfOneBlockAreOneRequest() throws Exception {
    read(10, 512);
    read(BLOCK - 512, 512);
    read(0, 1);
    assertThat(requests).containsExactly("0+" + BLOCK);
    Map<String, Double> counters = new TreeMap<>();
    calls.report((name, help, label, labelValue, value) -> counters.put(name, value));
    assertThat(counters)
        .containsEntry("https_cache_misses", 1.0)
        .containsEntry("https_cache_hits", 2.0);
  }

  @Test
  void readAcrossBlocksRequestsBoth() throws Exception {
    read(BLOCK - 100, 300);
    assertThat(requests).containsExactly("0+" + BLOCK, BLOCK + "+" + BLOCK);
  }

  @Test
  void theLastBlockEndsWithTheFile() throws Exception {
    read(SIZE - 10, 10);
    assertThat(requests).containsExactly(40 * BLOCK + "+1000");
  }

  @Test
  void longReadIsOneRequest() throws Exception {
    read(5, 3 * BLOCK);
    assertThat(requests).containsExactly("5+" + 3 * BLOCK);
  }

  /** The server must report the error. */
  @Test
  void readPastTheEndIsForwardedToTheServer() {
    broken = true;
    assertThatThrownBy(() -> cache.read(ByteBuffer.allocate(20), SIZE - 10))
        .hasMessage("the connection is lost");
    assertThat(requests).containsExactly(SIZE - 10 + "+20");
  }

  @Test
  void leastRecentlyUsedBlockIsDroppedFirst() throws Exception {
    for (int i = 0; i < 32; i++) {
      read(i * BLOCK, 1);
    }
    read(0, 1); // so that block 1 is the oldest
    read(32 * BLOCK, 1);
    requests.clear();
    read(0, 1);
    read(2 * BLOCK, 1);
    assertThat(requests).isEmpty();
    read(BLOCK, 1);
    assertThat(requests).containsExactly(BLOCK + "+" + BLOCK);
  }

  @Test
  void aFailedRequestIsMadeAgain() throws Exception {
    broken = true;
    assertThatThrownBy(() -> read(0, 1)).hasMessage("the connection is lost");
    broken = false;
    read(0, 1);
    assertThat(requests).hasSize(2);
  }
}
