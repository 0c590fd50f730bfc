"""What every program trains: 64-64-10 with momentum, in float32."""

HIDDEN, EPOCHS, BATCH, RATE, MOMENTUM = 64, 18, 64, 0.2, 0.9
