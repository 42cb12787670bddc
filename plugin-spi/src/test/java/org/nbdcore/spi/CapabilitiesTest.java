package org.nbdcore.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

final class CapabilitiesTest {

  private static Map<String, UnaryOperator<Capabilities>> changes() {
    Map<String, UnaryOperator<Capabilities>> changes = new LinkedHashMap<>();
    changes.put("write", c -> c.withWrite(true));
    changes.put("flush", c -> c.withFlush(true));
    changes.put("trim", c -> c.withTrim(true));
    changes.put("zero", c -> c.withZero(Support.NATIVE));
    changes.put("fastZero", c -> c.withFastZero(true));
    changes.put("fua", c -> c.withFua(Support.EMULATE));
    changes.put("fuaFlushes", c -> c.withFuaFlushes(true));
    changes.put("extents", c -> c.withExtents(true));
    changes.put("cache", c -> c.withCache(Support.NATIVE));
    changes.put("cacheDiscards", c -> c.withCacheDiscards(true));
    changes.put("multiConn", c -> c.withMultiConn(true));
    changes.put("rotational", c -> c.withRotational(true));
    changes.put("blockSizes", c -> c.withBlockSizes(BlockSizes.DEFAULT.withMinimum(512)));
    changes.put("lenient", c -> c.withLenient(true));
    return changes;
  }

  @Test
  void readOnlyOffersNothingButReading() {
    Capabilities none = Capabilities.readOnly();
    assertThat(none.write() || none.flush() || none.trim() || none.fastZero()).isFalse();
    assertThat(none.extents() || none.multiConn() || none.rotational() || none.lenient()).isFalse();
    assertThat(none.zero()).isEqualTo(Support.NONE);
    assertThat(none.fua()).isEqualTo(Support.NONE);
    assertThat(none.cache()).isEqualTo(Support.NONE);
    assertThat(none.blockSizes()).isEqualTo(BlockSizes.DEFAULT);
  }

  @Test
  void readWriteAddsWritingAndEmulatedZeroes() {
    assertThat(Capabilities.readWrite())
        .isEqualTo(Capabilities.readOnly().withWrite(true).withZero(Support.EMULATE));
  }

  @Test
  void eachWithMethodChangesOneCapabilityOfACopy() {
    Capabilities original = Capabilities.readOnly();
    String before = original.toString();
    changes()
        .forEach(
            (name, change) -> {
              Capabilities changed = change.apply(original);
              assertThat(changed).as(name).isNotEqualTo(original);
              assertThat(changed.toString()).as(name).isNotEqualTo(before);
              assertThat(change.apply(original))
                  .as(name)
                  .isEqualTo(changed)
                  .hasSameHashCodeAs(changed);
              changes()
                  .forEach(
                      (other, second) -> {
                        if (!other.equals(name)) {
                          assertThat(second.apply(original)).as(other).isNotEqualTo(changed);
                        }
                        if (!name.equals("lenient") && !other.equals("lenient")) {
                          assertThat(second.apply(changed))
                              .as(name + " and " + other)
                              .isEqualTo(change.apply(second.apply(original)));
                        }
                      });
            });
    assertThat(original).isEqualTo(Capabilities.readOnly()).hasToString(before);
  }

  @Test
  void settingBlockSizesClearsLenient() {
    Capabilities lenient = Capabilities.readOnly().withLenient(true);
    assertThat(lenient.withWrite(true).lenient()).isTrue();
    assertThat(lenient.withBlockSizes(BlockSizes.DEFAULT.withMinimum(512)).lenient()).isFalse();
  }

  @Test
  void everyChangeIsReturnedByItsAccessor() {
    Capabilities all = Capabilities.readOnly();
    for (UnaryOperator<Capabilities> change : changes().values()) {
      all = change.apply(all);
    }
    assertThat(all.write() && all.flush() && all.trim() && all.fastZero()).isTrue();
    assertThat(all.extents() && all.multiConn() && all.rotational() && all.lenient()).isTrue();
    assertThat(all.zero()).isEqualTo(Support.NATIVE);
    assertThat(all.fua()).isEqualTo(Support.EMULATE);
    assertThat(all.cache()).isEqualTo(Support.NATIVE);
    assertThat(all.blockSizes().minimum()).isEqualTo(512);
  }
}
