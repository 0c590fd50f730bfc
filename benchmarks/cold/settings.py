"""What every program trains: 64-64-10 with momentum, in float32."""

HIDDEN, EPOCHS, BATCH, RATE, MOMENTUM = 64, 12, 64, 0.3, 0.9
