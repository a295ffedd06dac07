"""Pages of judgement: function views that check, call one service and answer."""
