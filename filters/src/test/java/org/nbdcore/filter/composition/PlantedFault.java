package org.nbdcore.filter.composition;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
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

/** Filters with the mistakes that people make; each claims to change nothing. */
enum PlantedFault implements FilterProvider {

  /** Reports the extents of another place. */
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

  /** Takes what lies beyond the range for more of the same. */
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

  /** Keeps what follows a read, whatever is written to it meanwhile. */
  STALE_READAHEAD("but expected 0x") {
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

  /** Passes cache requests on without moving them, past the end of the disk below. */
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

  /** Lends bytes from another place. */
  OFFSET_FORGOTTEN_IN_LOANS("but expected 0x") {
    @Override
    BlockDevice wrap(BlockDevice next) {
      return new PassThroughDevice(next) {
        @Override
        public boolean readZeroCopy(long offset, long length, BufferList loan) {
          loan.add(ByteBuffer.allocateDirect((int) length));
          return true;
        }
      };
    }
  },

  /** Answers flushes without passing them on. */
  FLUSH_FORGOTTEN("not everything is durable") {
    @Override
    BlockDevice wrap(BlockDevice next) {
      return new FilterBlockDevice(next) {
        @Override
        public void flush() {}
      };
    }
  },

  /** Passes writes on without their flags. */
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

  /** Keeps the newest write back until the next one, and forgets it at a flush. */
  LOST_WRITE("but expected 0x") {
    @Override
    BlockDevice wrap(BlockDevice next) {
      return new FilterBlockDevice(next) {
        private ByteBuffer kept;
        private long keptAt;

        @Override
        public synchronized void write(ByteBuffer src, long offset, Flags flags)
            throws IOException {
          writeKept();
          kept = ByteBuffer.allocateDirect(src.remaining()).put(src).flip();
          keptAt = offset;
        }

        @Override
        public synchronized void flush() throws IOException {
          kept = null;
          next.flush();
        }

        private void writeKept() throws IOException {
          if (kept != null) {
            next.write(kept, keptAt, Flags.NONE);
            kept = null;
          }
        }

        @Override
        public synchronized void read(ByteBuffer dst, long offset) throws IOException {
          writeKept();
          next.read(dst, offset);
        }

        @Override
        public synchronized void zero(long offset, long length, Flags flags) throws IOException {
          writeKept();
          next.zero(offset, length, flags);
        }

        @Override
        public synchronized void trim(long offset, long length, Flags flags) throws IOException {
          writeKept();
          next.trim(offset, length, flags);
        }
      };
    }
  },

  /** Writes later, from the caller's buffer. */
  BUFFER_KEPT("but expected 0x") {
    @Override
    BlockDevice wrap(BlockDevice next) {
      return new FilterBlockDevice(next) {
        private ByteBuffer kept;
        private long keptAt;

        @Override
        public synchronized void write(ByteBuffer src, long offset, Flags flags)
            throws IOException {
          writeKept();
          kept = src.slice();
          keptAt = offset;
        }

        private void writeKept() throws IOException {
          if (kept != null) {
            next.write(kept, keptAt, Flags.NONE);
            kept = null;
          }
        }

        @Override
        public synchronized void read(ByteBuffer dst, long offset) throws IOException {
          writeKept();
          next.read(dst, offset);
        }

        @Override
        public synchronized void flush() throws IOException {
          writeKept();
          next.flush();
        }
      };
    }
  },

  /** Answers about extents from memory, whatever has been written since. */
  STALE_EXTENTS("is reported to read as zeroes, but") {
    @Override
    BlockDevice wrap(BlockDevice next) {
      return new FilterBlockDevice(next) {
        private Extents known;

        @Override
        public synchronized void extents(long offset, long length, Flags flags, ExtentSink sink)
            throws IOException {
          if (known == null) {
            long unit = next.capabilities().blockSizes().minimum();
            long size = next.size() / unit * unit;
            known = new Extents(0, size, Integer.MAX_VALUE);
            while (known.position() < size) {
              next.extents(known.position(), size - known.position(), Flags.NONE, known);
            }
          }
          long at = 0;
          for (int i = 0; i < known.size(); i++) {
            if (at + known.length(i) > offset) {
              sink.add(at, known.length(i), known.type(i));
            }
            at += known.length(i);
          }
        }
      };
    }
  },

  /** Moves what it begins by a block. */
  OFFSET_FORGOTTEN_IN_BEGUN_READS("but expected 0x") {
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

  /** Tells that what was begun has ended before it has. */
  ENDED_BEFORE_THE_END("seed") {
    @Override
    BlockDevice wrap(BlockDevice next) {
      return new PassThroughDevice(next) {
        @Override
        public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion)
            throws IOException {
          boolean begun = BlockDevices.readAsync(next, dst, offset, outcome -> {});
          if (begun) {
            completion.completed(() -> {});
          }
          return begun;
        }
      };
    }
  },

  /** Keeps what it read, for its connection; writes on others go unnoticed. */
  CACHE_OF_ONE_CONNECTION("but expected 0x") {
    @Override
    BlockDevice wrap(BlockDevice next) throws IOException {
      long unit = next.capabilities().blockSizes().minimum();
      int size = (int) (next.size() / unit * unit);
      return new FilterBlockDevice(next) {
        private final ByteBuffer known = ByteBuffer.allocateDirect(size);
        private boolean filled;

        private synchronized void fill() throws IOException {
          for (int at = 0; !filled && at < size; at += Stack.BLOCK) {
            next.read(known.slice(at, Math.min(Stack.BLOCK, size - at)), at);
          }
          filled = true;
        }

        @Override
        public synchronized void read(ByteBuffer dst, long offset) throws IOException {
          fill();
          dst.put(known.slice((int) offset, dst.remaining()));
        }

        @Override
        public synchronized void write(ByteBuffer src, long offset, Flags flags)
            throws IOException {
          fill();
          known.slice((int) offset, src.remaining()).put(src.duplicate());
          next.write(src, offset, flags);
        }

        @Override
        public synchronized void trim(long offset, long length, Flags flags) throws IOException {
          next.trim(offset, length, flags);
          filled = false;
        }

        @Override
        public synchronized void zero(long offset, long length, Flags flags) throws IOException {
          next.zero(offset, length, flags);
          filled = false;
        }
      };
    }

    @Override
    int threads() {
      return 8;
    }
  },

  /** Reads whole blocks, changes them and writes them back, and lets others in between. */
  UNLOCKED_MERGE("but expected 0x") {
    @Override
    BlockDevice wrap(BlockDevice next) throws IOException {
      return new FilterBlockDevice(next) {
        @Override
        public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
          long start = offset / Stack.BLOCK * Stack.BLOCK;
          long end = Math.min(next.size(), start + Stack.BLOCK);
          if (offset + src.remaining() > end) {
            next.write(src, offset, flags);
            return;
          }
          ByteBuffer block = ByteBuffer.allocateDirect((int) (end - start));
          next.read(block, start);
          Thread.yield();
          block.clear().position((int) (offset - start)).put(src);
          next.write(block.clear(), start, flags);
        }
      };
    }

    @Override
    int threads() {
      return 8;
    }
  },

  /** Promises to take requests of any alignment, and passes them on as they are. */
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
      return new FilterBlockDevice(next) {
        private final ByteBuffer bounce = ByteBuffer.allocateDirect(1 << 20);

        @Override
        public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
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

  private final String symptom;

  PlantedFault(String symptom) {
    this.symptom = symptom;
  }

  abstract BlockDevice wrap(BlockDevice next) throws IOException;

  /** What the failure says. */
  String symptom() {
    return symptom;
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
        return BlockDevices.wrap(next.open(request), device -> wrap(device));
      }
    };
  }
}
