package org.nbdcore.client.copy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.nbdcore.spi.Zeroes;

/** The threads that copy pieces from the source to the target. */
final class CopyWorkers {

  private final CopySource source;
  private final CopyTarget target;
  private final CopyPlan plan;
  private final CopyProgress progress;
  private final int requestSize;
  private final int hole;

  /**
   * Guards the plan. Held while a pipe is read, which may block, so a failure must not need this
   * lock.
   */
  private final ReentrantLock planning = new ReentrantLock();

  private long turnsCompleted;

  /**
   * Guards the fields below and the progress. May be taken while {@link #planning} is held, but not
   * the other way round.
   */
  private final ReentrantLock lock = new ReentrantLock();

  private final Condition changed = lock.newCondition();

  /** The order of ordered writes. Each worker waits for its own condition. */
  private Condition[] turns = {};

  private long turn;
  private long done;
  private int running;
  private volatile @Nullable Throwable failure;

  CopyWorkers(
      CopySource source,
      CopyTarget target,
      CopyPlan plan,
      CopyProgress progress,
      int requestSize,
      int hole) {
    this.source = source;
    this.target = target;
    this.plan = plan;
    this.progress = progress;
    this.requestSize = requestSize;
    this.hole = hole;
  }

  /**
   * Copies everything. After a failure, workers may still be in a call. Closing the source and the
   * target ends them.
   *
   * @param count number of threads
   * @return number of bytes copied
   */
  long run(int count) throws IOException {
    running = count;
    turns = new Condition[count];
    for (int i = 0; i < count; i++) {
      turns[i] = lock.newCondition();
    }
    for (int i = 0; i < count; i++) {
      int number = i;
      Thread thread =
          new Thread("nbd-copy " + i) {
            @Override
            public void run() {
              work(number);
            }
          };
      thread.setDaemon(true);
      thread.start();
    }
    lock.lock();
    try {
      while (running > 0 && failure == null) {
        changed.awaitUninterruptibly();
      }
      if (failure instanceof IOException e) {
        throw e;
      }
      if (failure != null) {
        throw new IOException(failure.toString(), failure);
      }
      return done;
    } finally {
      lock.unlock();
    }
  }

  private void work(int worker) {
    try {
      CopyChunk piece = new CopyChunk(requestSize);
      for (long mine = take(piece); mine >= 0; mine = take(piece)) {
        if (!piece.zero && !piece.filled) {
          piece.buffer.clear().limit((int) piece.length);
          source.read(worker, piece.buffer, piece.offset);
          piece.buffer.flip();
        }
        if (target.ordered() && !awaitTurn(mine)) {
          break;
        }
        put(worker, piece);
        finished(piece.length);
      }
      end(null);
    } catch (IOException | RuntimeException | Error e) {
      end(e);
    }
  }

  /** Gets the next piece. Returns its number, or -1 if there is none. */
  private long take(CopyChunk piece) throws IOException {
    planning.lock();
    try {
      return failure == null && plan.next(piece) ? turnsCompleted++ : -1;
    } finally {
      planning.unlock();
    }
  }

  private boolean awaitTurn(long mine) {
    lock.lock();
    try {
      while (turn != mine && failure == null) {
        turns[(int) (mine % turns.length)].awaitUninterruptibly();
      }
      return failure == null;
    } finally {
      lock.unlock();
    }
  }

  private void finished(long length) {
    lock.lock();
    try {
      done += length;
      turn++;
      // There are as many conditions as workers, so only this worker waits for this one.
      turns[(int) (turn % turns.length)].signal();
      progress.advanced(done, source.size());
    } finally {
      lock.unlock();
    }
  }

  private void end(@Nullable Throwable reason) {
    lock.lock();
    try {
      running--;
      if (failure == null) {
        failure = reason;
      }
      changed.signalAll();
      for (Condition other : turns) {
        other.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  private void put(int worker, CopyChunk piece) throws IOException {
    if (piece.zero) {
      target.zero(worker, piece.offset, piece.length);
    } else if (hole == 0) {
      target.write(worker, piece.buffer, piece.offset);
    } else {
      putSparsely(worker, piece.buffer, piece.offset);
    }
  }

  /** Writes data, but zeroes blocks that contain only zeroes. Blocks are aligned to their size. */
  private void putSparsely(int worker, ByteBuffer data, long offset) throws IOException {
    int end = data.limit();
    int start = 0;
    while (start < end) {
      int block = blockEnd(offset, start, end);
      boolean zero = Zeroes.isZero(data, start, block - start);
      int stop = block;
      while (stop < end) {
        block = blockEnd(offset, stop, end);
        if (Zeroes.isZero(data, stop, block - stop) != zero) {
          break;
        }
        stop = block;
      }
      if (zero) {
        target.zero(worker, offset + start, stop - start);
      } else {
        target.write(worker, data.limit(stop).position(start), offset + start);
        data.limit(end);
      }
      start = stop;
    }
  }

  private int blockEnd(long offset, int start, int end) {
    long at = offset + start;
    return (int) Math.min(end, start + hole - at % hole);
  }
}
