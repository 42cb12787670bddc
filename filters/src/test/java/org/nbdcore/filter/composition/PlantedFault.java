package org.nbdcore.filter.composition;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.helpers.BlockDevices;

/** Filters with common mistakes; each claims to change nothing. */
enum PlantedFault implements FilterProvider {

  /** Reports the extents of another offset. */
  OFFSET_FORGOTTEN_IN_EXTENTS("is reported to read as zeroes, but") {
    @Override
    BlockDevice wrap(BlockDevice next) {
      return new FilterBlockDevice(next) {
        @Override
        public void extents(long offset, long length, Flags flags, ExtentSink sink)
            throws IOException {
          long elsewhere = offset >= Stack.BLOCK ? offset - Stack.BLOCK : offset;
          next.extents(elsewhere, length, flags, sink.shifted(offset - elsewhere));
        }
      };
    }
  },

  /** Extends the last extent to the end of the disk. */
  LAST_EXTENT_TOO_LONG("beyond the requested range, it does not") {
    @Override
    BlockDevice wrap(BlockDevice next) {
      return new FilterBlockDevice(next) {
        @Override
        public void extents(long offset, long length, Flags flags, ExtentSink sink)
            throws IOException {
          Extents found = new Extents(offset, length, Integer.MAX_VALUE);
          next.extents(offset, length, flags, found);
          long at = offset;
          for (int i = 0; i < found.size(); i++) {
            boolean last = at + found.length(i) == offset + length;
            sink.add(at, last ? next.size() - at : found.length(i), found.type(i));
            at += found.length(i);
          }
        }
      };
    }
  },

  /** Caches the data that follows a read, and ignores later writes to it. */
  STALE_READAHEAD("but expected 0x") {
    @Override
    BlockDevice wrap(BlockDevice next) throws IOException {
      return new StaleDevices.Readahead(next);
    }
  },

  /** Zeroes one block less than requested. */
  SHORT_ZERO("but expected 0x") {
    @Override
    BlockDevice wrap(BlockDevice next) {
      return new FilterBlockDevice(next) {
        @Override
        public void zero(long offset, long length, Flags flags) throws IOException {
          long block = next.capabilities().blockSizes().minimum();
          if (length > block) {
            next.zero(offset, length - block, flags);
          }
        }
      };
    }
  },

  /** Answers fast zeroes without doing them. */
  FAST_ZERO_IGNORED("but expected 0x") {
    @Override
    BlockDevice wrap(BlockDevice next) {
      return new FilterBlockDevice(next) {
        @Override
        public void zero(long offset, long length, Flags flags) throws IOException {
          if (!flags.has(Flags.FAST_ZERO)) {
            next.zero(offset, length, flags);
          }
        }
      };
    }
  },

  /** Trims the block after the range too. */
  LONG_TRIM("but expected 0x") {
    @Override
    BlockDevice wrap(BlockDevice next) {
      return new FilterBlockDevice(next) {
        @Override
        public void trim(long offset, long length, Flags flags) throws IOException {
          long block = next.capabilities().blockSizes().minimum();
          boolean room = offset + length + block <= next.size();
          next.trim(offset, room ? length + block : length, flags);
        }
      };
    }
  },

  /** Shifts cache requests by a block, past the end of the disk below. */
  RANGE_FORGOTTEN_IN_CACHE("outside of the disk") {
    @Override
    BlockDevice wrap(BlockDevice next) {
      return new FilterBlockDevice(next) {
        @Override
        public void cache(long offset, long length) throws IOException {
          next.cache(offset + next.capabilities().blockSizes().minimum(), length);
        }
      };
    }
  },

  /** Answers zero-copy reads with bytes of another offset. */
  OFFSET_FORGOTTEN_IN_ZERO_COPY_READS("but expected 0x") {
    @Override
    BlockDevice wrap(BlockDevice next) {
      return new PassThroughDevice(next) {
        @Override
        public boolean readZeroCopy(long offset, long length, BufferList buffers) {
          buffers.add(ByteBuffer.allocateDirect((int) length));
          return true;
        }
      };
    }
  },

  /** Does not forward flushes. */
  FLUSH_FORGOTTEN("not everything is durable") {
    @Override
    BlockDevice wrap(BlockDevice next) {
      return new FilterBlockDevice(next) {
        @Override
        public void flush() {}
      };
    }
  },

  /** Forwards writes without their flags. */
  FUA_FORGOTTEN("not everything is durable") {
    @Override
    BlockDevice wrap(BlockDevice next) {
      return new FilterBlockDevice(next) {
        @Override
        public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
          next.write(src, offset, Flags.NONE);
        }
      };
    }
  },

  /** Delays the newest write until the next request, and loses it at a flush. */
  LOST_WRITE("but expected 0x") {
    @Override
    BlockDevice wrap(BlockDevice next) {
      return new ForgetfulDevices.LostWrite(next);
    }
  },

  /** Writes later, from the caller's buffer. */
  BUFFER_KEPT("but expected 0x") {
    @Override
    BlockDevice wrap(BlockDevice next) {
      return new ForgetfulDevices.BufferKept(next);
    }
  },

  /** Caches extents, and ignores later writes. */
  STALE_EXTENTS("is reported to read as zeroes, but") {
    @Override
    BlockDevice wrap(BlockDevice next) {
      return new StaleDevices.ExtentsOnce(next);
    }
  },

  /** Shifts asynchronous reads by a block. */
  OFFSET_FORGOTTEN_IN_ASYNC_READS("but expected 0x") {
    @Override
    BlockDevice wrap(BlockDevice next) {
      return new PassThroughDevice(next) {
        @Override
        public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion)
            throws IOException {
          long elsewhere = offset >= Stack.BLOCK ? offset - Stack.BLOCK : offset;
          return BlockDevices.readAsync(next, dst, elsewhere, completion);
        }
      };
    }
  },

  /** Completes asynchronous requests before the layer below does. */
  COMPLETED_TOO_EARLY("seed") {
    @Override
    BlockDevice wrap(BlockDevice next) {
      return new PassThroughDevice(next) {
        @Override
        public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion)
            throws IOException {
          boolean accepted = BlockDevices.readAsync(next, dst, offset, result -> {});
          if (accepted) {
            completion.completed(() -> {});
          }
          return accepted;
        }
      };
    }
  },

  /** Caches reads for its connection, and ignores writes of other connections. */
  CACHE_OF_ONE_CONNECTION("but expected 0x") {
    @Override
    BlockDevice wrap(BlockDevice next) throws IOException {
      return new StaleDevices.ConnectionCache(next);
    }

    @Override
    int threads() {
      return 8;
    }
  },

  /** Reads whole blocks, changes them and writes them back, without a lock. */
  UNLOCKED_MERGE("but expected 0x") {
    @Override
    BlockDevice wrap(BlockDevice next) throws IOException {
      return new RacyDevices.UnlockedMerge(next);
    }

    @Override
    int threads() {
      return 8;
    }
  },

  /** Advertises a minimum block size of 1, but forwards requests unchanged. */
  ALIGNMENT_FORGOTTEN("is not a multiple of the minimum block size") {
    @Override
    BlockDevice wrap(BlockDevice next) {
      return new FilterBlockDevice(next) {
        @Override
        public Capabilities capabilities() throws IOException {
          Capabilities below = next.capabilities();
          return below.withBlockSizes(below.blockSizes().withMinimum(1));
        }
      };
    }
  },

  /** Does not close the device below. */
  DEVICE_LEFT_OPEN("devices are left open") {
    @Override
    BlockDevice wrap(BlockDevice next) {
      return new FilterBlockDevice(next) {
        @Override
        public void close() {}
      };
    }
  },

  /** Bounces writes through a buffer that threads share. */
  SHARED_BUFFER("threads failed") {
    @Override
    BlockDevice wrap(BlockDevice next) {
      return new RacyDevices.SharedBuffer(next);
    }

    @Override
    int threads() {
      return 8;
    }
  };

  private final String symptom;

  PlantedFault(String symptom) {
    this.symptom = symptom;
  }

  abstract BlockDevice wrap(BlockDevice next) throws IOException;

  /** A part of the message of the failure. */
  String symptom() {
    return symptom;
  }

  /** The number of threads that the fault needs to show. */
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
        return BlockDevices.wrap(next.open(request), device -> wrap(device));
      }
    };
  }
}
