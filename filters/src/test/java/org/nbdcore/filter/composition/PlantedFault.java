package org.nbdcore.filter.composition;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import org.nbdcore.filter.common.Layers;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Loan;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Parameter;

/** Filters with the mistakes that people make; each claims to change nothing. */
enum PlantedFault implements FilterProvider {

  /** Reports the extents of another place. */
  OFFSET_FORGOTTEN_IN_EXTENTS {
    @Override
    BlockDevice wrap(BlockDevice next) {
      return new FilterBlockDevice(next) {
        @Override
        public void extents(long offset, long length, int flags, ExtentSink sink)
            throws IOException {
          long elsewhere = offset >= Stack.BLOCK ? offset - Stack.BLOCK : offset;
          next.extents(elsewhere, length, flags, sink.shifted(offset - elsewhere));
        }
      };
    }

    @Override
    String symptom() {
      return "is reported to read as zeroes, but";
    }
  },

  /** Keeps what follows a read, whatever is written to it meanwhile. */
  STALE_READAHEAD {
    @Override
    BlockDevice wrap(BlockDevice next) throws IOException {
      int size = (int) next.size() / Stack.BLOCK * Stack.BLOCK;
      return new FilterBlockDevice(next) {
        private final ByteBuffer ahead = ByteBuffer.allocateDirect(size);
        private final BitSet known = new BitSet();

        @Override
        public synchronized void read(ByteBuffer dst, long offset) throws IOException {
          int end = (int) offset + dst.remaining();
          int following = (end + Stack.BLOCK - 1) / Stack.BLOCK;
          if (known.get(following - 1) && offset >= (following - 1) * Stack.BLOCK) {
            dst.put(ahead.slice((int) offset, dst.remaining()));
            return;
          }
          next.read(dst, offset);
          if ((following + 1) * Stack.BLOCK <= size && !known.get(following)) {
            next.read(ahead.slice(following * Stack.BLOCK, Stack.BLOCK), following * Stack.BLOCK);
            known.set(following);
          }
        }
      };
    }
  },

  /** Zeroes a block less than it was asked to. */
  SHORT_ZERO {
    @Override
    BlockDevice wrap(BlockDevice next) {
      return new FilterBlockDevice(next) {
        @Override
        public void zero(long offset, long length, int flags) throws IOException {
          long block = next.capabilities().blockSizes().minimum();
          if (length > block) {
            next.zero(offset, length - block, flags);
          }
        }
      };
    }
  },

  /** Answers fast zeroes without doing them. */
  FAST_ZERO_IGNORED {
    @Override
    BlockDevice wrap(BlockDevice next) {
      return new FilterBlockDevice(next) {
        @Override
        public void zero(long offset, long length, int flags) throws IOException {
          if ((flags & Flags.FAST_ZERO) == 0) {
            next.zero(offset, length, flags);
          }
        }
      };
    }
  },

  /** Trims the block after the range too. */
  LONG_TRIM {
    @Override
    BlockDevice wrap(BlockDevice next) {
      return new FilterBlockDevice(next) {
        @Override
        public void trim(long offset, long length, int flags) throws IOException {
          long block = next.capabilities().blockSizes().minimum();
          boolean room = offset + length + block <= next.size();
          next.trim(offset, room ? length + block : length, flags);
        }
      };
    }
  },

  /** Passes cache requests on without moving them, past the end of the disk below. */
  RANGE_FORGOTTEN_IN_CACHE {
    @Override
    BlockDevice wrap(BlockDevice next) {
      return new FilterBlockDevice(next) {
        @Override
        public void cache(long offset, long length) throws IOException {
          next.cache(offset + next.capabilities().blockSizes().minimum(), length);
        }
      };
    }

    @Override
    String symptom() {
      return "outside of the disk";
    }
  },

  /** Lends bytes from another place. */
  OFFSET_FORGOTTEN_IN_LOANS {
    @Override
    BlockDevice wrap(BlockDevice next) {
      return new FilterBlockDevice(next) {
        @Override
        public boolean lend(long offset, long length, Loan loan) {
          loan.memory(ByteBuffer.allocateDirect((int) length));
          return true;
        }
      };
    }
  },

  /** Bounces writes through a buffer that threads share. */
  SHARED_BUFFER {
    @Override
    BlockDevice wrap(BlockDevice next) {
      return new FilterBlockDevice(next) {
        private final ByteBuffer bounce = ByteBuffer.allocateDirect(1 << 20);

        @Override
        public void write(ByteBuffer src, long offset, int flags) throws IOException {
          int length = src.remaining();
          for (int i = 0; i < length; i++) {
            bounce.put(i, src.get(src.position() + i));
          }
          Thread.yield();
          next.write(bounce.duplicate().limit(length).position(0), offset, flags);
        }
      };
    }

    @Override
    int threads() {
      return 8;
    }
  };

  abstract BlockDevice wrap(BlockDevice next) throws IOException;

  /** What the failure says. */
  String symptom() {
    return "but expected 0x";
  }

  /** How many threads it takes for the fault to show. */
  int threads() {
    return 1;
  }

  @Override
  public String description() {
    return "a planted fault";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of();
  }

  @Override
  public Filter create(Config config) {
    return new Filter() {
      @Override
      public BlockDevice open(OpenRequest request, Backend next) throws IOException {
        return Layers.wrap(next.open(request), device -> wrap(device));
      }
    };
  }
}
