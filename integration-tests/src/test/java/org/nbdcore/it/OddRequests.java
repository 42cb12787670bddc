package org.nbdcore.it;

import java.nio.file.Path;

/** Scripts for libnbd's shell with requests that are not aligned to sectors. */
final class OddRequests {

  /** Prints the results of reads that are not aligned to sectors of 512 bytes. */
  static final String REFUSED =
      """
      import errno
      # libnbd would refuse them itself, as the server says what it takes
      h.set_strict_mode(h.get_strict_mode() & ~nbd.STRICT_ALIGN)
      def answer(length, offset):
          try:
              h.pread(length, offset)
              return "success"
          except nbd.Error as e:
              return e.errno
      print(answer(1, 0), answer(512, 1), answer(513, 512), "and", len(h.pread(512, 512)), "bytes")
      """;

  private OddRequests() {}

  /** Reads odd lengths at odd offsets and compares them with a file. */
  static String compare(Path original, long seed) {
    return """
        import random
        original = open("%s", "rb")
        size = h.get_size()
        random.seed(%d)
        def check(offset, length):
            original.seek(offset)
            expected = original.read(length)
            if h.pread(length, offset) != expected:
                raise SystemExit("seed %d: %%d bytes at %%d differ" %% (length, offset))
        for boundary in (0, 512, 4096, 65536, 1 << 26, size // 2, 1 << 31, size):
            for before in (1, 3, 511, 513):
                for after in (1, 7, 509, 70001):
                    start = max(0, boundary - before)
                    end = min(size, boundary + after)
                    if start < end:
                        check(start, end - start)
        for i in range(300):
            offset = random.randrange(size)
            check(offset, min(size - offset, random.randrange(1, 300000) | 1))
        """
        .formatted(original, seed, seed);
  }

  /** Writes and zeroes odd ranges, and does the same to a file. */
  static String write(Path expected, long seed) {
    return """
        import random
        expected = open("%s", "r+b")
        size = h.get_size()
        random.seed(%d)
        for i in range(300):
            length = random.choice([1, 511, 513, 1000, 65535, 200001])
            offset = random.randrange(size - length)
            data = random.randbytes(length)
            if i %% 5 == 0:
                data = bytes(length)
                h.zero(length, offset)
            else:
                h.pwrite(data, offset)
            expected.seek(offset)
            expected.write(data)
        h.flush()
        expected.close()
        """
        .formatted(expected, seed);
  }
}
